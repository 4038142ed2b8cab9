"""What a server process does for itself: it ends with the one that started it, and spares what it has loaded."""

import asyncio
import gc
import multiprocessing
import signal

# So many objects more than were let go of.
_LOOKED_FOR_AFTER = 10_000


def end_without_parent() -> None:
    """One of several server processes ends, as if told to, when the one that watches over them is gone.

    Nobody else would end it: it would keep the port, and answer from an old program.
    """
    parent = multiprocessing.parent_process()
    if parent is None:
        return
    loop = asyncio.get_running_loop()

    def end() -> None:
        loop.remove_reader(parent.sentinel)
        signal.raise_signal(signal.SIGTERM)

    loop.add_reader(parent.sentinel, end)


def spare_what_is_loaded() -> None:
    """What lives as long as the process need not be looked through for garbage again and again."""
    gc.collect()
    gc.freeze()
    # Most of what a request leaves behind needs no looking for.
    gc.set_threshold(_LOOKED_FOR_AFTER)
