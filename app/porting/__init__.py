"""WordPress in, WordPress out, and a site of our own to show: streams, never holds a whole file."""
