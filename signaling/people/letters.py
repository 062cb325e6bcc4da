"""The letter that invites somebody. It lies unencrypted on its way, so it names nobody."""

from datetime import datetime
from email.message import EmailMessage


def invitation(email: str, practice: str, link: str, expires_at: datetime) -> EmailMessage:
    """With the link by which they set a password."""
    letter = EmailMessage()
    letter["To"] = email
    letter["Subject"] = f"Your account for video consultations with {practice}"
    letter.set_content(
        f"{practice} has an account for you. Open this link to choose a password:\n\n"
        f"{link}\n\n"
        f"It can be used once, until {expires_at:%d %B %Y, %H:%M} UTC. Do not pass it on: whoever "
        "has it can sign in as you. If you did not expect this letter, ignore it.\n"
    )
    return letter
