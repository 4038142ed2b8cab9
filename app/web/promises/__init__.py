"""`/promises/`: what one owes, what one is owed, and what is over."""
