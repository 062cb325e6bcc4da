"""The staff is alerted outside of the pages, too: by e-mail and by a webhook,
where they are configured.

Neither names anybody: an e-mail travels and lies unencrypted. Who reads it signs in to see whose
call it is.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from typing import Protocol

import aiohttp

from signaling import config
from signaling.calls.messages import Channel
from signaling.kernel.clock import Clock, sleep

log = logging.getLogger(__name__)

TRIES = 8
"""In some four minutes; whoever could not be reached by then is told to be called by phone."""
FIRST_PAUSE_SECONDS = 2.0
SEND_SECONDS = 15.0


@dataclass(frozen=True)
class Alert:
    """What is told of an emergency."""

    room_id: str
    raised_by: str
    """`patient` or `provider`."""
    raised_at: datetime


class NotSent(Exception):  # noqa: N818 - it says what happened
    """An alert was not taken by whom it was given to. Says why without naming anybody."""


class Mailer(Protocol):
    """Sends letters in the name of the practice. The one there is: `smtp.SmtpMailer`."""

    async def send(self, letter: EmailMessage) -> None:
        """`letter` says to whom, and is told from whom. Raises NotSent, after some seconds."""


class Alerts:
    """The ways out of this server that the configuration names."""

    def __init__(self, emergency: config.Emergency, mailer: Mailer, url: str, clock: Clock) -> None:
        self._emergency = emergency
        self._mailer = mailer
        self._url = url
        self._clock = clock

    @property
    def channels(self) -> set[Channel]:
        """Those that are configured."""
        email: set[Channel] = {"email"} if self._emergency.email_to else set()
        webhook: set[Channel] = {"webhook"} if self._emergency.webhook_url else set()
        return email | webhook

    async def send(self, channel: Channel, alert: Alert, still_wanted: Callable[[], bool]) -> bool:
        """Whether it was taken, after as many tries as it needs; false when nobody can be reached
        that way.
        """
        for number in range(TRIES):
            try:
                if channel == "email":
                    await self._mailer.send(self._letter(alert))
                else:
                    await self._call(alert)
            except NotSent as error:
                log.error("an emergency could not be told by %s: %s", channel, error)
            else:
                return True
            await sleep(self._clock, FIRST_PAUSE_SECONDS * 2**number)
            if not still_wanted():
                break
        return False

    def _letter(self, alert: Alert) -> EmailMessage:
        letter = EmailMessage()
        letter["To"] = ", ".join(self._emergency.email_to)
        letter["Subject"] = "Emergency in a video call"
        letter["X-Priority"] = "1"
        letter.set_content(
            f"The {alert.raised_by} of a video call raised an emergency"
            f" at {alert.raised_at:%Y-%m-%d %H:%M:%S} UTC.\n\n"
            "Sign in as an administrator to see whose call it is and to say that you take care "
            f"of it:\n{self._url}\n"
        )
        return letter

    async def _call(self, alert: Alert) -> None:
        body = {
            "type": "call_emergency",
            "room_id": alert.room_id,
            "raised_by": alert.raised_by,
            "raised_at": alert.raised_at.isoformat(),
        }
        timeout = aiohttp.ClientTimeout(total=SEND_SECONDS)
        try:
            async with (
                aiohttp.ClientSession(timeout=timeout) as http,
                http.post(
                    self._emergency.webhook_url, json=body, allow_redirects=False
                ) as response,
            ):
                taken = response.ok and response.status < 300
        except (OSError, aiohttp.ClientError, TimeoutError) as error:
            raise NotSent(type(error).__name__) from error
        if not taken:
            raise NotSent(str(response.status))
