"""A call of two that runs, and people around it who are invited."""

from dataclasses import dataclass, field

from signaling.calls import (
    answering,
    inviting,
    leaving,
)
from signaling.calls.messages import (
    Participants,
)
from signaling.kernel.actor import Actor
from signaling.kernel.words import Role, Side
from storage.calls import telemedicine_sessions
from storage.models import CallParticipant
from storage.people import users
from tests.signaling.manual_clock import START
from tests.signaling.practice import Page, Practice
from tests.support.platform import ISSUER
from tests.support.stored import participants_of_call


@dataclass
class Meeting:
    """A call of two that runs, and people around it."""

    practice: Practice
    room_id: str
    provider: Page
    patient: Page
    guests: dict[str, Page] = field(default_factory=dict)

    async def somebody(self, name: str, role: Role = "provider") -> Page:
        """A page of somebody else."""
        async with self.practice.database.transaction() as tx:
            await users.ensure(tx, ISSUER, name, role=role, name=f"Name of {name}", now=START)
        self.guests[name] = page = self.practice.page(
            Actor(name, f"Name of {name}", role, "192.0.2.9", "Test/1")
        )
        return page

    async def invite(
        self, page: Page, side: Side = "interpreter", *, required: bool = False
    ) -> None:
        calls, provider = self.practice.calls, self.practice.provider
        await inviting.invite(
            calls, provider, self.room_id, page.actor.user_id, side, required=required
        )

    async def comes_in(
        self,
        name: str,
        side: Side = "interpreter",
        *,
        consent: bool = False,
        required: bool = False,
    ) -> Page:
        page = await self.somebody(name, "patient" if side == "relative" else "provider")
        await self.invite(page, side, required=required)
        await answering.accept(
            self.practice.calls, page.actor, self.room_id, recording_consent=consent
        )
        await self.practice.join(page, self.room_id)
        return page

    async def remove(self, page: Page) -> None:
        await leaving.remove(
            self.practice.calls, self.practice.provider, self.room_id, page.actor.user_id
        )

    def names(self) -> list[str]:
        """As the provider's page shows them."""
        return [person.user_id for person in self.provider.last(Participants).participants]

    async def rows(self) -> list[CallParticipant]:
        await self.practice.row(self.room_id)
        async with self.practice.database.reading() as tx:
            found = await telemedicine_sessions.by_room(tx, self.room_id)
            assert found
            return [*await participants_of_call(tx, found.session.id)]
