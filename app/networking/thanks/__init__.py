"""Thank-you notes, shown only where sender and receiver both want it, and how many people sent some."""
