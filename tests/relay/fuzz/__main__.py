"""Fuzz every parser of peer bytes: `python -m tests.relay.fuzz [--seconds 60]`, each target
so long.

What is found is left in build/fuzz (libFuzzer names the file). With --keep, inputs that reach
something new are added to tests/relay/fuzz/corpora.
"""

import argparse
import sys
from pathlib import Path

from tests.relay.fuzz import TARGETS, fuzz, keep

FOLDER = Path("build/fuzz")


def main() -> int:
    """The exit status."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=int, default=60)
    parser.add_argument("--keep", action="store_true")
    arguments = parser.parse_args()
    FOLDER.mkdir(parents=True, exist_ok=True)
    failed = [target.stem for target in TARGETS if not fuzz(target, FOLDER, arguments.seconds)]
    for target in TARGETS if arguments.keep and not failed else ():
        keep(target, FOLDER)
    print(f"failed: {', '.join(failed)}" if failed else "nothing found")
    return bool(failed)


if __name__ == "__main__":
    sys.exit(main())
