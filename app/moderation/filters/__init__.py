"""The filters: pure, each in a file of its own, each able to say why."""
