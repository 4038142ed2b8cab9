"""The head of SQLite's WAL index, read where SQLite itself reads it: in shared memory.

Every commit rewrites it (sqlite.org/walformat.html §2.1), so while it is the same, nothing was
committed. Looking costs no system call.
"""

import contextlib
import ctypes
import mmap
import os
from pathlib import Path

_DESCRIPTORS = "/proc/self/fd"
# Two copies of 48 bytes.
_LENGTH = 96
_FAILED = ctypes.c_void_p(-1).value

_Memory = ctypes.c_char * _LENGTH
_libc = ctypes.CDLL(None, use_errno=True)
_libc.mmap.restype = ctypes.c_void_p
_libc.mmap.argtypes = (
    ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int, ctypes.c_int, ctypes.c_int, ctypes.c_long,
)  # fmt: skip
_libc.munmap.argtypes = (ctypes.c_void_p, ctypes.c_size_t)


class WalIndex:
    """The index of the database at `path`, which a connection of this process has open.

    Raises OSError where it can't be seen: on a system that does not name descriptors, or without
    write-ahead log. Only to be read while that connection is open, as SQLite may cut the file after.
    """

    def __init__(self, path: Path) -> None:
        self._memory = _Memory.from_address(_mapped(_descriptor_of(path)))

    def head(self) -> bytes:
        """The bytes as they are now; half of one commit and half of the next, perhaps."""
        return self._memory.raw

    def close(self) -> None:
        """Give the memory back; not to be read after."""
        _libc.munmap(ctypes.addressof(self._memory), _LENGTH)


def _descriptor_of(path: Path) -> int:
    wanted = f"{path.resolve()}-shm"
    for name in os.listdir(_DESCRIPTORS):
        # Some are gone by now, that of this listing for one.
        with contextlib.suppress(OSError):
            if os.readlink(f"{_DESCRIPTORS}/{name}") == wanted:
                return int(name)
    raise FileNotFoundError(wanted)


def _mapped(descriptor: int) -> int:
    """Where SQLite's own descriptor is in memory.

    Not `mmap.mmap`, which duplicates it: closing any descriptor of the file drops the locks that
    SQLite holds on it.
    """
    address = _libc.mmap(None, _LENGTH, mmap.PROT_READ, mmap.MAP_SHARED, descriptor, 0)
    if address in (None, _FAILED):
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    return int(address)
