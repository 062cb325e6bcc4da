"""How the process shares out its memory."""

import ctypes
import sys

_M_ARENA_MAX, _M_MMAP_THRESHOLD = -8, -3  # malloc.h
_LARGE = 32 << 10  # octets; the clusters of a recording, and what is encrypted of them


def share_one_arena() -> None:
    """Let all threads allocate from one pool, and give back at once what was large.

    glibc gives each thread one of its own, up to eight for each core, and none is ever used for
    another: with a writing thread for each recorded part that was 80 kB for each. What they
    allocate, they allocate under Python's lock, so they gain nothing by it. What is large and lives
    for a moment would leave holes in that pool, since glibc raises the bound above which it asks
    the kernel: recordings that begin at once, or wait for a slow disk, made it larger for good.
    Elsewhere than on Linux with glibc nothing happens.
    """
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None) if sys.platform == "linux" else None
    if mallopt is not None:
        mallopt(_M_ARENA_MAX, 1)
        mallopt(_M_MMAP_THRESHOLD, _LARGE)
