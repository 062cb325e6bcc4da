"""The native packet engine: one thread a UDP port, no Python object on it. `forwarder` stands in front of it."""

from pylibsrtp._binding import ffi, lib

from relay.engine import _engine
from relay.engine._engine import Engine

__all__ = ["Engine"]


def _address(function: str) -> int:
    return int(ffi.cast("uintptr_t", ffi.addressof(lib, function)))


# libsrtp is linked into pylibsrtp; the engine calls it there and needs no libsrtp headers or packages of its own.
_engine.use_libsrtp(*map(_address, ("srtp_protect", "srtp_unprotect", "srtp_protect_rtcp", "srtp_unprotect_rtcp")))
