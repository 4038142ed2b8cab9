"""What commands print with: `out` for answers, `err` for what is said beside them."""

from rich.console import Console

out = Console(highlight=False, soft_wrap=True)
err = Console(stderr=True, highlight=False, soft_wrap=True)
