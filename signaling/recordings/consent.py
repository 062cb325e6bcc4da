"""Consent to being recorded: the words that were shown,
and what a decision means after an earlier one.
"""

import hashlib

from signaling import config
from signaling.kernel.words import Decision
from signaling.recordings.resources import ConsentText


def text_of(section: config.Consent) -> ConsentText:
    """The configured words with the hash that every consent record repeats."""
    digest = hashlib.sha256(section.text.encode()).hexdigest()
    return ConsentText(
        id=section.id,
        version=section.version,
        language=section.language,
        sha256=digest,
        text=section.text,
    )


def decision(standing: bool | None, given: bool) -> Decision:
    """How a new answer is recorded: a no after a yes withdraws, a no after nothing declines."""
    if given:
        return "given"
    return "withdrawn" if standing else "declined"
