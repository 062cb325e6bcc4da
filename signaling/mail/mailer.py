"""What is needed of whoever sends letters."""

from email.message import EmailMessage
from typing import Protocol


class NotSent(Exception):  # noqa: N818 - it says what happened
    """A letter, or an alert, was not taken by whom it was given to. Says why without naming
    anybody.
    """


class Mailer(Protocol):
    """Sends letters in the name of the practice. The one there is: `smtp.SmtpMailer`."""

    @property
    def sender(self) -> str:
        """In whose name; empty where no server is configured that takes letters."""

    async def send(self, letter: EmailMessage) -> None:
        """`letter` says to whom, and is told from whom. Raises NotSent, after some seconds."""
