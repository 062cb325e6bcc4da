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

import aiohttp
import aiosmtplib

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


class Alerts:
    """The ways out of this server that the configuration names."""

    def __init__(
        self, emergency: config.Emergency, smtp: config.Smtp, url: str, clock: Clock
    ) -> None:
        self._emergency = emergency
        self._smtp = smtp
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
                await (self._mail(alert) if channel == "email" else self._call(alert))
            except (OSError, aiosmtplib.SMTPException, aiohttp.ClientError, TimeoutError) as error:
                log.error("an emergency could not be told by %s: %s", channel, type(error).__name__)
            else:
                return True
            await sleep(self._clock, FIRST_PAUSE_SECONDS * 2**number)
            if not still_wanted():
                break
        return False

    async def _mail(self, alert: Alert) -> None:
        smtp = self._smtp
        await aiosmtplib.send(
            self._letter(alert),
            hostname=smtp.host,
            port=smtp.port,
            username=smtp.username or None,
            password=smtp.password or None,
            use_tls=smtp.security == "tls",
            start_tls=smtp.security == "starttls",
            timeout=SEND_SECONDS,
        )

    def _letter(self, alert: Alert) -> EmailMessage:
        letter = EmailMessage()
        letter["From"], letter["To"] = self._smtp.sender, ", ".join(self._emergency.email_to)
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
        async with (
            aiohttp.ClientSession(timeout=timeout) as http,
            http.post(self._emergency.webhook_url, json=body, allow_redirects=False) as response,
        ):
            if not response.ok or response.status >= 300:
                raise aiohttp.ClientError(str(response.status))
