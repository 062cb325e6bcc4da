"""Where a recording has nothing of anybody, and who asked for it."""

from msgspec.structs import replace

from signaling.kernel.words import GapReason, Side
from signaling.recordings.resources import PauseRequest, RecordingGap


class Gaps:
    """Where a recording has nothing of anybody, and why.

    Gaps inside a part are told with the part.
    """

    def __init__(self) -> None:
        self._closed: list[RecordingGap] = []
        self._open: tuple[int, GapReason] | None = None
        self._requests: list[PauseRequest] = []
        """Since the last gap; `end_ms` of those that stand is still to come."""
        self._standing: set[str] = set()

    def begin(self, at_ms: int, reason: GapReason) -> None:
        """One that began for another reason goes on."""
        self._open = self._open or (at_ms, reason)

    def ask(self, at_ms: int, user_id: str, name: str, side: Side) -> None:
        """Somebody asks for one."""
        self._requests.append(
            PauseRequest(user_id=user_id, name=name, side=side, begin_ms=at_ms, end_ms=at_ms)
        )
        self._standing.add(user_id)

    def lift(self, at_ms: int, user_id: str) -> None:
        """They take that back; nothing, if they did not ask."""
        if user_id not in self._standing:
            return
        self._standing.remove(user_id)
        index = max(i for i, each in enumerate(self._requests) if each.user_id == user_id)
        self._requests[index] = replace(self._requests[index], end_ms=at_ms)

    def end(self, at_ms: int) -> bool:
        """Whether there was one."""
        for user_id in [*self._standing]:
            self.lift(at_ms, user_id)
        requests, self._requests = self._requests, []
        if self._open is None:
            return False
        begin, reason = self._open
        self._open = None
        self._closed.append(
            RecordingGap(
                offset_ms=begin,
                duration_ms=max(0, at_ms - begin),
                reason=reason,
                requests=requests,
            )
        )
        return True

    def told(self) -> list[RecordingGap]:
        """A copy."""
        return list(self._closed)
