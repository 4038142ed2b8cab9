"""`/api/v1/` for programs: JSON over the same queries and actions as the pages, with tokens, cursors, problem+json.

Each schema stands above its endpoint. `operations.py` says what each operation needs and may answer, and is both
the lock and the document.
"""
