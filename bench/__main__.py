"""What a call costs and how quick it is:
`python -m bench [packets] [calls] [first_frame] [recording] [archive] [audit] [listing]
[vault]`.

Each measurement is a module of its own with a peer or a floor in the same run, and writes
build/bench/<name>.json. `python -m bench.relay` compares the relay with Janus.
"""

import argparse
import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from functools import partial

from bench import archive, audit, calls, first_frame, listing, packets, recording, results, vault

MEASUREMENTS: Mapping[str, Callable[[], Awaitable[dict[str, object]]]] = {
    "packets": packets.measure,
    "calls": calls.measure,
    "first_frame": first_frame.measure,
    "recording": partial(recording.measure, 60),
    "archive": archive.measure,
    "audit": audit.measure,
    "listing": listing.measure,
    "vault": vault.measure,
}
_LONG = ("repetitions", "pages", "recordings")


async def run(name: str) -> None:
    """Measure, print in short, write in full."""
    print(f"--- {name}", flush=True)
    circumstances = results.circumstances()
    measured = await MEASUREMENTS[name]()
    results.write(results.FOLDER / f"{name}.json", {**circumstances, **measured})
    print(
        json.dumps({key: value for key, value in measured.items() if key not in _LONG}, indent=2),
        flush=True,
    )


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "measurements", nargs="*", default=list(MEASUREMENTS), help=" ".join(MEASUREMENTS)
    )
    wanted = parser.parse_args().measurements
    if unknown := [name for name in wanted if name not in MEASUREMENTS]:
        parser.error(f"no such measurement: {', '.join(unknown)}")
    results.warn_if_busy()
    for name in wanted:
        asyncio.run(run(name))


if __name__ == "__main__":
    main()
