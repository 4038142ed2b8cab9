"""Two members say that they know each other; it counts when both have said so, and is shown to nobody else."""
