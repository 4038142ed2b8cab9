"""A small believable site of our own words, to look at before there is anything else to look at."""
