"""`carelay load`: reads what is asked for, runs it, prints it."""

import argparse
import asyncio
import json
import math
import resource
import signal
from collections.abc import Callable
from pathlib import Path

from signaling.cli.load.accountfile import Pair, read
from signaling.cli.load.operation import Operation
from signaling.cli.load.outcome import Outcome, Plan, counted
from signaling.cli.load.report import closing_lines, verdict
from signaling.cli.load.site import open_site, origin
from signaling.http import connections
from signaling.kernel.terminal import CommandError, say

MOST_CALLS = 1000  # two clients each; the generator has room for 2048
_FILES_A_CALL, _OTHER_FILES = 6, 64  # for each side: media, WebSocket, HTTP


def calls(text: str) -> int:
    """An argument; ArgumentTypeError says what is wrong with it."""
    if not text.isdecimal() or not 1 <= int(text) <= MOST_CALLS:
        raise argparse.ArgumentTypeError(f"from 1 to {MOST_CALLS}")
    return int(text)


def number(least: float, most: float, unit: str) -> Callable[[str], float]:
    """What reads an argument between two numbers."""

    def read_number(text: str) -> float:
        try:
            value = float(text)
        except ValueError:
            value = math.nan
        if not least <= value <= most:
            raise argparse.ArgumentTypeError(f"from {least:g} to {most:g} {unit}")
        return value

    return read_number


def run(arguments: argparse.Namespace) -> int:
    """0 if the load was held, 130 if it was stopped. Raises CommandError for all else."""
    pairs = _pairs(arguments)
    plan = Plan(
        url=origin(arguments.url),
        calls=len(pairs),
        seconds=arguments.seconds,
        audio_only=arguments.audio_only,
        recorded=arguments.record,
        loss=arguments.loss / 100,
    )
    _refuse_lost_report(arguments)
    _take_files(plan)
    say(str(plan))
    outcome = Outcome(plan)
    asyncio.run(_run(outcome, pairs, arguments))
    return _report(outcome, arguments)


def _pairs(arguments: argparse.Namespace) -> list[Pair]:
    pairs = read(arguments.accounts)
    wanted = arguments.calls or len(pairs)
    if not 1 <= wanted <= len(pairs):
        raise CommandError(
            f"{arguments.accounts} has accounts for {counted(len(pairs), 'call')}; "
            f"`carelay load-accounts create --calls {max(wanted, 1)}` on the server makes more"
        )
    return pairs[:wanted]


def _refuse_lost_report(arguments: argparse.Namespace) -> None:
    """Before the load, not after it.

    Leaves no file where there was none, and what there was as it was.
    """
    if arguments.json is None:
        return
    was_there = arguments.json.exists()
    try:
        arguments.json.open("ab").close()
    except OSError as error:
        raise CommandError(_unwritten(arguments.json, error)) from None
    if not was_there:
        arguments.json.unlink()


def _unwritten(path: Path, error: OSError) -> str:
    return f"--json {path}: the file cannot be written ({error.strerror})"


def _take_files(plan: Plan) -> None:
    connections.allow_many()
    had, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = _FILES_A_CALL * plan.calls + _OTHER_FILES
    if had < wanted:
        raise CommandError(
            f"{counted(plan.calls, 'call')} need {wanted} open files, but a process here may "
            f"have {had}; use fewer --calls, or raise the limit (ulimit -n)"
        )


async def _run(outcome: Outcome, pairs: list[Pair], arguments: argparse.Namespace) -> None:
    stop, loop = asyncio.Event(), asyncio.get_running_loop()

    def stopped() -> None:
        say(
            "Stopping: the calls are ended. Again Ctrl-C: leaves them to the server, which takes "
            "a minute."
        )
        stop.set()
        for signal_number in (signal.SIGINT, signal.SIGTERM):
            loop.remove_signal_handler(signal_number)

    for signal_number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(signal_number, stopped)
    async with open_site(outcome.plan.url, arguments.trust) as site:
        operation = Operation(outcome, arguments.ramp, stop, say)
        await operation.run(site, pairs, beside_calls=arguments.beside_calls)


def _report(outcome: Outcome, arguments: argparse.Namespace) -> int:
    for line in closing_lines(outcome):
        say(line)
    if not outcome.problem:
        say(verdict(outcome))
    problems = [
        problem for problem in (outcome.problem, _write_json(outcome, arguments.json)) if problem
    ]
    if problems:
        raise CommandError("; ".join(problems))
    return 130 if outcome.stopped else 0


def _write_json(outcome: Outcome, path: Path | None) -> str | None:
    """Why it could not be written, if so."""
    if path is None:
        return None
    try:
        path.write_text(json.dumps(outcome.as_json(), indent=2) + "\n")
    except OSError as error:
        return _unwritten(path, error)
    return None
