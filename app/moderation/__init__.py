"""Judging what comes in: author keys, filters and rules, the queue, what was decided and learned."""
