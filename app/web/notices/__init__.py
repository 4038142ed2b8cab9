"""A member's inbox, and how they choose to hear of what."""
