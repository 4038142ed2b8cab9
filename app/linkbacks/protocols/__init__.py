"""How each kind of linkback is spoken: what comes in as a value, what goes out as bytes."""
