"""The words that are agreed to: those in force, and which of them somebody answered."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from signaling import config
from signaling.config import consent_texts
from signaling.config.file import ConfigError
from signaling.kernel.errors import Conflict
from signaling.recordings.consent import Answer, decision
from signaling.recordings.messages import ShownText
from signaling.recordings.resources import ConsentText
from storage.calls import consents
from storage.database import Database


@dataclass(frozen=True)
class Texts:
    """Those in force, one for each language; the first is for whoever reads none of the others.

    They are those of the server's start. A restart ends calls, so that no call ever has two.
    """

    all: Sequence[ConsentText]
    must_be_shown: bool = False
    """No yes counts without a page's word which text it showed."""

    def yes(self, standing: bool | None, shown: ShownText | None) -> Answer:
        """Raises Conflict if other words were shown than those in force, or if it is not told."""
        if shown is None and self.must_be_shown:
            raise Conflict("consent_text_missing")
        text = self._find(shown)
        if shown is not None and text is None:
            raise Conflict("consent_text_changed")
        return Answer(decision(standing, True), text or self.all[0], text is not None)

    def no(
        self, standing: bool | None, shown: ShownText | None, agreed_to: ConsentText | None = None
    ) -> Answer:
        """A no is taken whatever was shown: of words that are in force,
        or else of those that they had agreed to.
        """
        text = self._find(shown)
        return Answer(decision(standing, False), text or agreed_to or self.all[0], text is not None)

    def switched_on(self) -> Answer:
        """The provider's own yes, to what is read to the patient: the recording switch."""
        return Answer("given", self.all[0], confirmed=False)

    def _find(self, shown: ShownText | None) -> ConsentText | None:
        if shown is None:
            return None
        told = shown.id, shown.version, shown.language, shown.sha256
        return next(
            (
                text
                for text in self.all
                if (text.id, text.version, text.language, text.sha256) == told
            ),
            None,
        )


def texts_of(section: config.Consent) -> Texts:
    """What the files say, each with the SHA-256 of its exact words. Raises ConfigError."""
    try:
        written = consent_texts.written(section)
    except (ValueError, OSError) as error:
        raise ConfigError("consent.texts_path", "start", str(error)) from None
    return Texts(
        [
            ConsentText(
                id=text.id,
                version=text.version,
                language=text.language,
                sha256=hashlib.sha256(text.text.encode()).hexdigest(),
                text=text.text,
            )
            for text in written
        ],
        section.require_shown,
    )


async def require_new_versions(database: Database, texts: Texts) -> None:
    """Raises ConfigError if somebody has answered other words under the version of one of these."""
    async with database.reading() as tx:
        for text in texts.all:
            key = text.id, text.version, text.language
            if await consents.answered_otherwise(tx, *key, text.sha256):
                raise ConfigError(
                    "consent.texts_path",
                    f"{text.language}.txt",
                    f"people have answered other words as version {text.version} of {text.id}; "
                    "give these a new version",
                )
