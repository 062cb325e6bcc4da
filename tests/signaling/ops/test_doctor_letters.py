"""The doctor says how many letters wait, and when that is too long."""

from datetime import timedelta
from pathlib import Path

from signaling import config
from signaling.ops.doctor.letters import look_at_letters
from storage.appointments import letters
from storage.people import users
from tests.signaling.conftest import configuration
from tests.signaling.practice import open_practice

SMTP = config.Smtp(host="127.0.0.1", sender="desk@example.org")


async def test_it_says_how_many_letters_wait(tmp_path: Path) -> None:
    without, sending = configuration(tmp_path), configuration(tmp_path, smtp=SMTP)
    async with open_practice(tmp_path) as practice:
        now = practice.clock.now()

        async def look(settings: config.Config, minutes: int = 0) -> list[tuple[str, str]]:
            at = now + timedelta(minutes=minutes)
            found = await look_at_letters(settings, practice.database, at)
            return [(one.level, one.text.removeprefix("letters: ")) for one in found]

        assert await look(without) == []
        assert await look(sending) == [("ok", "none waits to be sent")]
        async with practice.database.transaction() as tx:
            sam = await users.create(tx, name="Sam", role="patient", now=now)
            sam.email = "sam@example.org"
            await letters.tell(tx, "appointment", [sam.id], sequence=0, now=now)
        text = "1 about appointments are still to be sent"
        assert await look(without) == [("note", text)]
        assert await look(sending) == [("ok", text)]
        assert await look(sending, 90) == [("problem", f"{text}, the oldest for 90 min")]
