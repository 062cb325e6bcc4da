"""E-mail by SMTP."""

from email.message import EmailMessage

import aiosmtplib

from signaling import config
from signaling.mail.mailer import NotSent

SEND_SECONDS = 15.0


class SmtpMailer:
    """The `Mailer` of [smtp]."""

    def __init__(self, smtp: config.Smtp) -> None:
        self._smtp = smtp

    @property
    def sender(self) -> str:
        """In whose name letters are sent; empty where no server takes them."""
        return self._smtp.sender if self._smtp.host else ""

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
