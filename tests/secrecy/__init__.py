"""Whole sites of random permissions, walked through by every kind of person: nobody reads a word not for them."""
