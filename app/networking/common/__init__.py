"""What counts of what people do for each other: the same fixed rules for every figure."""
