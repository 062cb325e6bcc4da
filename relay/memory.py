"""How the process shares out its memory."""

import ctypes
import sys

_M_ARENA_MAX = -8  # malloc.h


def share_one_arena() -> None:
    """Let all threads allocate from one pool.

    glibc gives each thread one of its own, up to eight for each core, and none is ever used for another: with a
    writing thread for each recorded part that was 80 kB for each. What they allocate, they allocate under Python's
    lock, so they gain nothing by it. Elsewhere than on Linux with glibc nothing happens.
    """
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None) if sys.platform == "linux" else None
    if mallopt is not None:
        mallopt(_M_ARENA_MAX, 1)
