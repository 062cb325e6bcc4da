"""Fuzz every parser of peer bytes: `python -m tests.relay.fuzz [--seconds 60]`, each target so long.

What is found is left in build/fuzz beside the programs (libFuzzer names the file).
"""

import argparse
import sys
from pathlib import Path

from tests.relay.fuzz import TARGETS, fuzz

FOLDER = Path("build/fuzz")


def main() -> int:
    """The exit status."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=int, default=60)
    seconds = parser.parse_args().seconds
    FOLDER.mkdir(parents=True, exist_ok=True)
    failed = [target.stem for target in TARGETS if not fuzz(target, FOLDER, seconds)]
    print(f"failed: {', '.join(failed)}" if failed else "nothing found")
    return bool(failed)


if __name__ == "__main__":
    sys.exit(main())
