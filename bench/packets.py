"""CPU of the relay for each forwarded packet of 24 two-party calls, beside the bare C loop,
on the loopback.

`python -m bench.relay` measures more scenarios, and Janus beside them, for which it needs root or a
user namespace.
"""

from bench.process import allow_many_files
from bench.relay.carelay import Carelay
from bench.relay.comparison import HEAD, headline, repeat, rows, summary
from bench.relay.floor import Floor
from bench.relay.measurement import Timing
from bench.relay.scenario import CALLS
from bench.relay.target import MakeTarget
from bench.results import table

HOST = "127.0.0.1"
REPETITIONS = 3
TIMING = Timing(measured=2.0)


async def measure() -> dict[str, object]:
    """Prints a table; returns all figures."""
    allow_many_files()
    makers: dict[str, MakeTarget] = {"carelay": Carelay.maker(HOST), "floor": Floor.maker(HOST)}
    repetitions = await repeat(makers, CALLS, REPETITIONS, TIMING)
    print(table(HEAD, rows({CALLS: repetitions})))
    return {**headline({CALLS: repetitions}), **summary(CALLS, repetitions)}
