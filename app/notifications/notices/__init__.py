"""What members are told: kept in their inbox until they have seen it, and mailed as often as each of them chose."""
