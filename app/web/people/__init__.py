"""People: the directory, a member's page, and how members decide what stands on theirs."""
