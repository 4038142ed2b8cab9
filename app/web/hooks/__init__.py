"""`/admin/hooks/`: which addresses are told what happens, and the log of it."""
