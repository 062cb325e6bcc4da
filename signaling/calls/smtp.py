"""E-mail by SMTP."""

from email.message import EmailMessage

import aiosmtplib

from signaling import config
from signaling.calls.alerts import NotSent

SEND_SECONDS = 15.0


class SmtpMailer:
    """The `Mailer` of [smtp]."""

    def __init__(self, smtp: config.Smtp) -> None:
        self._smtp = smtp

    async def send(self, letter: EmailMessage) -> None:
        """Raises NotSent."""
        smtp = self._smtp
        del letter["From"]
        letter["From"] = smtp.sender
        try:
            await aiosmtplib.send(
                letter,
                hostname=smtp.host,
                port=smtp.port,
                username=smtp.username or None,
                password=smtp.password or None,
                use_tls=smtp.security == "tls",
                start_tls=smtp.security == "starttls",
                timeout=SEND_SECONDS,
            )
        except (OSError, TimeoutError, aiosmtplib.SMTPException) as error:
            raise NotSent(type(error).__name__) from error
