"""Offers each new checkpoint of the audit log to its witnesses, and publishes those that all of
them have cosigned. A witness that is away stops nothing but that: calls go on, and are written
down, sequenced and signed.
"""

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

import aiohttp

from signaling.config.witnesses import Witness
from signaling.kernel.background import repeat
from signaling.kernel.clock import Clock
from storage.audit import cosigned, witness
from storage.audit import log as tree
from storage.audit.cosignature import Cosignature
from storage.audit.sequencer import Sequencer
from storage.database import Database
from storage.errors import InvalidNote, StorageError

log = logging.getLogger(__name__)

LOOK_SECONDS = 1.0
ANSWER_SECONDS = 10.0
RETRY_SECONDS = 15.0
CLOSE_SECONDS = 5.0
MAX_BYTES = 64 * 1024
ADVICE = {
    403: "it does not know this log's key: give it audit.pub",
    404: "it does not know this log: give it audit.pub",
    422: "the log does not go on from what it has seen before: run `carelay audit verify`",
}


class Refused(Exception):  # noqa: N818 - it says what happened
    """A witness has not cosigned, and why."""


@dataclass(frozen=True)
class _Offer:
    """The newest checkpoint, for one witness."""

    size: int
    note: bytes
    old: int
    """Which size the witness is thought to have seen last."""


class Witnessing:
    """One server's. Where there are no witnesses, there is nothing to do."""

    def __init__(
        self,
        database: Database,
        sequencer: Sequencer,
        witnesses: Sequence[Witness],
        clock: Clock,
    ) -> None:
        self.failures = dict.fromkeys((one.cosigner.name for one in witnesses), 0)
        """Offers that were not cosigned, by the witness, since the start."""
        self._database = database
        self._sequencer = sequencer
        self._witnesses = witnesses
        self._clock = clock
        self._waiting_since: timedelta | None = None
        self._told: dict[str, str] = {}
        self._offered: dict[str, tuple[int, float]] = {}
        """By witness: the size that it was offered last, and when."""
        self._final: int | None = None

    @property
    def uncosigned_seconds(self) -> float:
        """How long the oldest checkpoint waits for cosignatures; 0 if none does."""
        return 0.0 if self._waiting_since is None else self._waiting_since.total_seconds()

    async def watch(self) -> None:
        """Until cancelled."""
        if self._witnesses:
            await repeat(self._try, LOOK_SECONDS, "having the audit log cosigned")

    async def close(self) -> None:
        """The last checkpoint is signed: once more, and not for long."""
        if not self._witnesses:
            return
        self._offered.clear()
        try:
            async with asyncio.timeout(CLOSE_SECONDS):
                await self._try()
        except TimeoutError:
            log.warning("the end of the audit log is cosigned after the next start")

    async def _try(self) -> None:
        try:
            async with self._database.reading() as tx:
                newest = await tree.newest_checkpoint(tx)
                seen = [await cosigned.largest(tx, one.cosigner) for one in self._witnesses]
            if newest is None:
                return
            size, note = newest.size, tree.stored(newest.note)
            await asyncio.gather(
                *(
                    self._offer(one, _Offer(size, note, old))
                    for one, old in zip(self._witnesses, seen, strict=True)
                    if old < size and self._is_due(one.cosigner.name, size)
                )
            )
            await self._publish()
        except (StorageError, OSError) as error:
            self._tell("", f"the audit log's cosignatures cannot be kept: {error}")
        else:
            self._told.pop("", None)

    def _is_due(self, name: str, size: int) -> bool:
        offered, at = self._offered.get(name, (-1, 0.0))
        return offered != size or self._clock.moment().steady - at >= RETRY_SECONDS

    async def _publish(self) -> None:
        cosigners = [one.cosigner for one in self._witnesses]
        async with self._database.reading() as tx:
            final = await cosigned.newest_final(tx, cosigners)
            since = await cosigned.waits_since(tx, final.size if final else 0)
        self._waiting_since = None if since is None else self._clock.now() - since
        if final is not None and final.size != self._final:
            await self._sequencer.publish()
            self._final = final.size

    async def _offer(self, one: Witness, offer: _Offer) -> None:
        name = one.cosigner.name
        self._offered[name] = offer.size, self._clock.moment().steady
        try:
            found = await self._asked(one, offer)
        except Refused as error:
            self.failures[name] += 1
            self._tell(name, f"the witness {name} has not cosigned the audit log: {error}")
            return
        async with self._database.transaction() as tx:
            await cosigned.keep(tx, offer.size, one.cosigner, found)
        if self._told.pop(name, None):
            log.warning("the witness %s cosigns the audit log again", name)

    async def _asked(self, one: Witness, offer: _Offer) -> Cosignature:
        """Twice, if the witness has seen another size than it was thought to. Raises Refused."""
        status, answer = await self._post(one, offer)
        if status == 409:
            known = witness.size_in(answer)
            if known is None:
                raise Refused("it tells of a conflict, and not of which size it knows")
            if known > offer.size:
                raise Refused(
                    f"it knows of {known} rows, and this log has {offer.size}: rows were lost, or "
                    "another server of this log is ahead"
                )
            status, answer = await self._post(one, _Offer(offer.size, offer.note, known))
        if status != 200:
            raise Refused(ADVICE.get(status, f"it answers with the status {status}"))
        try:
            return witness.cosignature_in(answer, offer.note, one.cosigner)
        except InvalidNote as error:
            raise Refused(str(error)) from error

    async def _post(self, one: Witness, offer: _Offer) -> tuple[int, bytes]:
        async with self._database.reading() as tx:
            proof = await tree.consistency_of(tx, offer.old, offer.size)
        timeout = aiohttp.ClientTimeout(total=ANSWER_SECONDS)
        try:
            async with (
                aiohttp.ClientSession(timeout=timeout) as http,
                http.post(
                    one.url,
                    data=witness.request(offer.old, proof, offer.note),
                    allow_redirects=False,
                ) as response,
            ):
                answer = bytearray()
                async for piece in response.content.iter_any():
                    answer += piece
                    if len(answer) > MAX_BYTES:
                        raise Refused("its answer is too long")
                return response.status, bytes(answer)
        except (OSError, aiohttp.ClientError, TimeoutError) as error:
            raise Refused(f"it cannot be reached ({type(error).__name__})") from error

    def _tell(self, about: str, text: str) -> None:
        if self._told.get(about) != text:  # each second the same
            self._told[about] = text
            log.error("%s", text)
