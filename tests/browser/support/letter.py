"""Reads a letter (RFC 5322) from standard input and prints what is in it as JSON; of an
invitation (RFC 5545) `calendar`, else null.
"""

import email
import json
import sys
from email.message import EmailMessage
from email.policy import default

from icalendar import Calendar


def read(text: str) -> dict[str, object]:
    """To whom, about what, the words and the appointment."""
    letter = email.message_from_string(text, _class=EmailMessage, policy=default)
    body = letter.get_body(("plain",))
    parts = [part for part in letter.walk() if part.get_content_type() == "text/calendar"]
    return {
        "to": letter["To"],
        "subject": letter["Subject"],
        "text": body.get_content() if body else "",
        "calendar": _appointment(parts[0].get_content()) if parts else None,
    }


def _appointment(text: str) -> dict[str, object]:
    calendar = Calendar.from_ical(text)
    (event,) = calendar.walk("VEVENT")
    return {
        "method": str(calendar["METHOD"]),
        "uid": str(event["UID"]),
        "sequence": int(str(event["SEQUENCE"])),
        "starts_at": event.decoded("DTSTART").timestamp() * 1000,
        "ends_at": event.decoded("DTEND").timestamp() * 1000,
        "words": f"{event['SUMMARY']} {event.get('DESCRIPTION', '')}",
    }


if __name__ == "__main__":
    print(json.dumps(read(sys.stdin.read())))
