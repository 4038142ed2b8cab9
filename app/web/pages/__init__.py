"""What readers see: posts, lists, archives, search."""
