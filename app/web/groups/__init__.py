"""Pages of groups: their list, what is said in them, who belongs to them, and how they are kept."""
