"""A load, step by step: look, sign in, set calls up, let them talk and measure, end them, sign out.

Whatever goes wrong or is stopped on the way, what was begun on the server is ended there.
"""

import asyncio
import math
import time
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from typing import Any, TypeVar

import aiohttp

from relay.load.running import Running, running
from signaling.cli.load.accountfile import Account, Pair
from signaling.cli.load.call import Call, CallKind
from signaling.cli.load.observation import Observation, observe
from signaling.cli.load.outcome import Outcome, counted
from signaling.cli.load.person import CallFailed, Person, sign_in
from signaling.cli.load.report import HEAD, end_line, row, setup_line
from signaling.cli.load.site import Site
from signaling.kernel.terminal import CommandError
from signaling.kernel.words import Principal

SIGN_INS_AT_ONCE = 4
ENDS_AT_ONCE = 8
ROWS = 12
SETTLING_SECONDS = 1.0
"""The last calls' first keyframes are no part of the steady load."""
RECORDING_SECONDS = 5.0
"""For the server to begin with all recordings."""
SPARE = timedelta(minutes=2)
"""Beside the load itself: for signing in, setting up and ending."""

ENOUGH_FAILURES = 3
"""Calls that failed, after which no more are begun."""

Tell = Callable[[str], None]
Place = tuple[int, Principal]
"""The number of the pair, and the side."""
_People = dict[Place, Person]
_Result = TypeVar("_Result")


class Stopped(Exception):  # noqa: N818  no error: the operator asked for it
    """By a signal."""


class Operation:
    """One load. `stop` may be set at any time; what was begun is then ended in order."""

    def __init__(self, outcome: Outcome, ramp: float, stop: asyncio.Event, tell: Tell) -> None:
        self._outcome, self._plan = outcome, outcome.plan
        self._ramp = ramp
        self._stop = stop
        self._tell = tell

    async def run(self, site: Site, pairs: list[Pair], *, beside_calls: bool) -> None:
        """Fills the outcome. Raises CommandError where the load must not or cannot begin."""
        with suppress(Stopped):
            await self._unless_stopped(self._look(site, beside_calls=beside_calls))
            async with self._signed_in(site, pairs) as people, running(self._plan.loss) as load:
                kind = CallKind(audio_only=self._plan.audio_only, recorded=self._plan.recorded)
                calls = [Call(kind, provider, patient, load) for provider, patient in people]
                await self._with_calls(site, calls, load)
        self._outcome.stopped = self._stop.is_set()

    async def _look(self, site: Site, *, beside_calls: bool) -> None:
        """Whether this server can carry the load, and nobody is in its way."""
        settings, plan = await site.settings(), self._plan
        if plan.recorded and not settings.recording_available:
            raise CommandError(
                f"--record: the server cannot record: {settings.recording_unavailable_reason}"
            )
        longest = 60 * settings.max_call_duration_minutes
        if self._duration.total_seconds() > longest:
            raise CommandError(
                f"--seconds {plan.seconds:g}: the server ends calls after {longest} s "
                "(calls.max_duration_minutes)"
            )
        observed = await observe(site)
        if observed is None:
            self._tell(
                "This machine may not read the server's /metrics: whether others have calls there "
                "is unknown."
            )
        elif observed.calls and not beside_calls:
            raise CommandError(
                f"the server has {counted(observed.calls, 'call')} now, which a load could "
                "disturb; wait for the end, or use --beside-calls"
            )

    @property
    def _duration(self) -> timedelta:
        return timedelta(
            seconds=self._plan.seconds + self._plan.calls / self._ramp + SETTLING_SECONDS
        )

    # --- accounts

    @asynccontextmanager
    async def _signed_in(
        self, site: Site, pairs: list[Pair]
    ) -> AsyncIterator[list[tuple[Person, Person]]]:
        people = _People()
        try:
            await self._sign_all_in(site, pairs, people)
            self._tell(f"Signed in {counted(len(people), 'account')}.")
            yield [
                (people[number, "provider"], people[number, "patient"])
                for number in range(len(pairs))
            ]
        finally:
            await _each(ENDS_AT_ONCE, [_sign_out(site, person) for person in people.values()])

    async def _sign_all_in(self, site: Site, pairs: list[Pair], people: _People) -> None:
        """What was begun is waited for, even where another sign-in fails:
        each has to be signed out again.
        """
        until = self._duration + SPARE
        accounts = iter(_accounts(pairs))
        problems: list[CommandError] = []

        async def worker() -> None:
            for (number, role), account in accounts:
                try:
                    people[number, role] = await sign_in(site, account, role, until)
                except CommandError as problem:
                    problems.append(problem)
                if problems or self._stop.is_set():
                    return

        await asyncio.gather(*(worker() for _ in range(SIGN_INS_AT_ONCE)))
        if problems:
            raise problems[0]
        if self._stop.is_set():
            raise Stopped

    # --- calls

    async def _with_calls(self, site: Site, calls: list[Call], load: Running) -> None:
        failures, watches = self._outcome.failures, list[asyncio.Task[str]]()
        try:
            await self._unless_stopped(self._set_up(calls, watches))
            self._tell(setup_line(self._outcome))
            if not failures:
                await self._until_recorded(calls, watches)
                await self._measure(site, load, watches)
            failures += [watch.result() for watch in watches if watch.done()]
            missing = sum(not call.recording for call in calls) if self._plan.recorded else 0
            if missing and not failures and not self._stop.is_set():
                failures.append(f"{missing} of {counted(len(calls), 'call')} were not recorded")
        finally:
            for watch in watches:
                watch.cancel()
            ends = await _each(ENDS_AT_ONCE, [call.end() for call in calls])
            if not failures:
                failures += [end.problem for end in ends if end.problem]
            self._tell(end_line(ends))

    async def _set_up(self, calls: list[Call], watches: list[asyncio.Task[str]]) -> None:
        """The first alone: where it cannot be set up, the others need not try."""

        async def one(call: Call) -> None:
            try:
                self._outcome.setup_seconds.append(await call.set_up())
                watches.append(asyncio.create_task(call.last()))
            except CallFailed as failure:
                self._outcome.failures.append(str(failure))

        await one(calls[0])
        if self._outcome.failures:
            return
        async with _cancelled_in_the_end(others := list[asyncio.Task[None]]()):
            for call in calls[1:]:
                if len(self._outcome.failures) == ENOUGH_FAILURES:
                    break
                others.append(asyncio.create_task(one(call)))
                await asyncio.sleep(1 / self._ramp)
            await asyncio.gather(*others)

    async def _until_recorded(self, calls: list[Call], watches: list[asyncio.Task[str]]) -> None:
        """Or not much longer than it takes: what is not recorded then is missing,
        which is measured.
        """
        late = time.monotonic() + RECORDING_SECONDS
        while (
            self._plan.recorded
            and time.monotonic() < late
            and not all(call.recording for call in calls)
        ):
            if await self._wait(0.1, watches):
                return

    # --- figures

    async def _measure(self, site: Site, load: Running, watches: list[asyncio.Task[str]]) -> None:
        await self._wait(SETTLING_SECONDS, watches)
        self._outcome.before = await observe(site)
        await load.begin_total()
        self._tell(HEAD)
        begin, step = time.monotonic(), max(1, math.ceil(self._plan.seconds / ROWS))
        for number in range(1, math.ceil(self._plan.seconds / step) + 1):
            until = min(number * step, self._plan.seconds)
            if await self._wait(begin + until - time.monotonic(), watches):
                break
            self._tell(row(f"{until:g}", await load.take()))
        self._outcome.figures = await load.total()
        self._tell(row("all", self._outcome.figures))
        self._outcome.after = await self._observed_again(site)

    async def _observed_again(self, site: Site) -> Observation | None:
        return await observe(site) if self._outcome.before else None

    async def _wait(self, seconds: float, watches: list[asyncio.Task[str]]) -> bool:
        """True if it was stopped, or a call ended, before the time was up."""
        stopping = asyncio.create_task(self._stop.wait())
        done, _ = await asyncio.wait(
            [stopping, *watches], timeout=max(0.0, seconds), return_when=asyncio.FIRST_COMPLETED
        )
        stopping.cancel()
        return bool(done)

    async def _unless_stopped(self, step: Coroutine[Any, Any, _Result]) -> _Result:
        """The step's result. Raises Stopped, once the step has been cancelled."""
        working, stopping = asyncio.create_task(step), asyncio.create_task(self._stop.wait())
        await asyncio.wait([working, stopping], return_when=asyncio.FIRST_COMPLETED)
        stopping.cancel()
        if working.done():
            return working.result()
        working.cancel()
        await asyncio.wait([working])
        raise Stopped


def _accounts(pairs: list[Pair]) -> Iterator[tuple[Place, Account]]:
    for number, pair in enumerate(pairs):
        yield (number, "provider"), pair.provider
        yield (number, "patient"), pair.patient


@asynccontextmanager
async def _cancelled_in_the_end(tasks: "list[asyncio.Task[_Result]]") -> AsyncIterator[None]:
    """Leaves none of them running, whatever happens in the block."""
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks)


async def _each(at_once: int, steps: Sequence[Coroutine[Any, Any, _Result]]) -> list[_Result]:
    """The results in order, of so many steps at the same time."""
    turn = asyncio.Semaphore(at_once)

    async def one(step: Coroutine[Any, Any, _Result]) -> _Result:
        async with turn:
            return await step

    return await asyncio.gather(*map(one, steps))


async def _sign_out(site: Site, person: Person) -> None:
    with suppress(aiohttp.ClientError, TimeoutError):
        await site.sign_out(person.credentials)
