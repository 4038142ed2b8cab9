"""The local spam filter itself: what it sees in a comment, how it learns, why it says so. Pure: no database."""
