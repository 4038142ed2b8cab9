"""Web hooks: what happened in public is told to addresses that owners name, signed, with retries and a log."""
