"""`/write/media/`: the library of files, as those see it who put them there."""
