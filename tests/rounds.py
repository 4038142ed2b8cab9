"""How often tests that hope for bad luck try: a few times in `make test`, as often as promised when asked."""

import os


def rounds(few: int, all_of_them: int) -> int:
    """So many tries: `few`, or with `RAPPORT_TEST_ROUNDS=all` in the environment all of them."""
    return all_of_them if os.environ.get("RAPPORT_TEST_ROUNDS") == "all" else few
