"""Groups: who belongs where, what they start there, what they show whom."""
