"""Links from elsewhere: how they are spoken, found, read and judged."""
