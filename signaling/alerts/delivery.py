"""Alerts on their way to the staff that [emergency] names.

None names anybody: an e-mail travels and lies unencrypted. Who reads it signs in to see whom it is
about.
"""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from email.message import EmailMessage
from typing import Literal

import aiohttp

from signaling import config
from signaling.kernel.clock import Clock, sleep
from signaling.mail.mailer import Mailer, NotSent

log = logging.getLogger(__name__)

TRIES = 8
"""In some four minutes; whoever could not be reached by then is told to be called by phone."""
FIRST_PAUSE_SECONDS = 2.0
SEND_SECONDS = 15.0

Way = Literal["email", "webhook"]


@dataclass(frozen=True)
class Alert:
    """What is told, in both forms."""

    what: str
    """Such as `an emergency`, for the log."""
    subject: str
    text: str
    body: Mapping[str, str]
    """What the webhook gets, as JSON."""


class Delivery:
    """The ways out of this server that the configuration names."""

    def __init__(self, emergency: config.Emergency, mailer: Mailer, clock: Clock) -> None:
        self._emergency = emergency
        self._mailer = mailer
        self._clock = clock

    @property
    def ways(self) -> frozenset[Way]:
        """Those that are configured."""
        named: dict[Way, object] = {
            "email": self._emergency.email_to,
            "webhook": self._emergency.webhook_url,
        }
        return frozenset(way for way, value in named.items() if value)

    async def send(self, way: Way, alert: Alert, still_wanted: Callable[[], bool]) -> bool:
        """Whether it was taken, after as many tries as it needs; false when nobody can be reached
        that way.
        """
        for number in range(TRIES):
            try:
                await self.send_once(way, alert)
            except NotSent as error:
                log.error("%s could not be told by %s: %s", alert.what, way, error)
            else:
                return True
            await sleep(self._clock, FIRST_PAUSE_SECONDS * 2**number)
            if not still_wanted():
                break
        return False

    async def send_once(self, way: Way, alert: Alert) -> None:
        """Raises NotSent."""
        if way == "email":
            await self._mailer.send(self._letter(alert))
        else:
            await self._call(alert)

    def _letter(self, alert: Alert) -> EmailMessage:
        letter = EmailMessage()
        letter["To"] = ", ".join(self._emergency.email_to)
        letter["Subject"] = alert.subject
        letter["X-Priority"] = "1"
        letter.set_content(alert.text)
        return letter

    async def _call(self, alert: Alert) -> None:
        timeout = aiohttp.ClientTimeout(total=SEND_SECONDS)
        try:
            async with (
                aiohttp.ClientSession(timeout=timeout) as http,
                http.post(
                    self._emergency.webhook_url, json=alert.body, allow_redirects=False
                ) as response,
            ):
                taken = response.ok and response.status < 300
        except (OSError, aiohttp.ClientError, TimeoutError) as error:
            raise NotSent(type(error).__name__) from error
        if not taken:
            raise NotSent(str(response.status))
