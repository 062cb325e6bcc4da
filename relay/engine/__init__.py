"""The native packet engine: one thread a UDP port, no Python object on it, and the Forwarder in
front of it.

In C, from the socket down, each including only what stands below it: `port` (the thread; `batch`
has all system calls, `address` whose an address is) → `inbound` (what arrives) → `outbound` (what
is sent, and on a timer what is due) → `feedback` (RTCP composed from `arrivals`, `bandwidth`,
`clock`) and `choice` (which layer goes to whom); `relay` (the table of peers) → `taps` (what the
recorder hears of) → `peer` → `downlink` (one slot: `continuity`) → `layer` → `uplink` (one source:
`cache`, `reception`, `retransmission`). `packet` and `rtcp` are the codecs; `ring` is the way to
Python. None of these know Python: `module` and `python_*` do. Below `port` nothing touches a socket
or a clock, so tests and fuzzers feed it.

In Python: `forwarder` keeps what Python objects are about, `terms` and `snapshot` are the way in
and out. No field crosses the border by its place alone: in go dicts, out come struct sequences.
"""

import pylibsrtp
from pylibsrtp._binding import ffi, lib

from relay.engine import _engine
from relay.engine._engine import PRECEDENCE, Engine

__all__ = ["PRECEDENCE", "Engine", "session_pointer"]


def _address(function: str) -> int:
    return int(ffi.cast("uintptr_t", ffi.addressof(lib, function)))


def session_pointer(session: pylibsrtp.Session) -> int:
    """The address of the libsrtp session, good as long as `session` lives."""
    # pylibsrtp has no other way to it.
    return int(ffi.cast("uintptr_t", session._srtp[0]))  # noqa: SLF001


# libsrtp is linked into pylibsrtp; the engine calls it there and needs no libsrtp headers or
# packages of its own.
_engine.use_libsrtp(
    *map(_address, ("srtp_protect", "srtp_unprotect", "srtp_protect_rtcp", "srtp_unprotect_rtcp"))
)
