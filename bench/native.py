"""The C of the floor: compiled when first needed, called through ctypes,
which lets go of the GIL.
"""

import ctypes
import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from pylibsrtp import Session
from pylibsrtp._binding import ffi, lib

FLAGS = ("-O2", "-std=c11", "-D_GNU_SOURCE", "-Wall", "-Wextra", "-Werror", "-shared", "-fPIC")
BUILD = Path("build/bench/native")


def compiled(name: str, sources: Sequence[Path]) -> ctypes.CDLL:
    """The shared library of these files; compiled anew when one of them has changed.

    Exits without a compiler.
    """
    digest = hashlib.sha256(b"".join(source.read_bytes() for source in sources)).hexdigest()[:16]
    library = (BUILD / f"{name}-{digest}.so").resolve()
    if not library.exists():
        _compile(library, [source for source in sources if source.suffix == ".c"])
    return ctypes.CDLL(str(library))


def _compile(library: Path, sources: Sequence[Path]) -> None:
    compiler = shutil.which(os.environ.get("CC", "cc"))
    if compiler is None:
        sys.exit("The benchmarks need a C compiler: apt-get install gcc libc6-dev")
    library.parent.mkdir(parents=True, exist_ok=True)
    unfinished = library.with_suffix(f".{os.getpid()}")
    subprocess.run([compiler, *FLAGS, "-o", unfinished, *sources], check=True)
    unfinished.rename(library)


class Srtp(ctypes.Structure):
    """libsrtp's functions, which are linked into pylibsrtp."""

    _fields_ = (
        ("protect", ctypes.c_void_p),
        ("unprotect", ctypes.c_void_p),
        ("protect_rtcp", ctypes.c_void_p),
        ("unprotect_rtcp", ctypes.c_void_p),
    )

    @classmethod
    def of_pylibsrtp(cls) -> "Srtp":
        return cls(*(_address(f"srtp_{field[0]}") for field in cls._fields_))


def _address(function: str) -> int:
    return int(ffi.cast("uintptr_t", ffi.addressof(lib, function)))


def pointer(session: Session) -> int:
    """The libsrtp session behind; valid as long as `session` lives."""
    return int(ffi.cast("uintptr_t", session._srtp[0]))
