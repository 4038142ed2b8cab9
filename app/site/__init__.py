"""What the owner decides at run time: title, language and zone, the permalink scheme, sizes of lists."""
