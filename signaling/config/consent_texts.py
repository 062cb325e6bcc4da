"""The words that people agree to before a recording, as files: one for each language."""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import msgspec
from msgspec import Meta, Struct

from signaling import shipped
from signaling.config.sections import LANGUAGE_TAG, Consent
from signaling.kernel.messages import LINE

MAX_CHARACTERS = 10_000


class WrittenText(Struct, kw_only=True, frozen=True, forbid_unknown_fields=True):
    """What a file says. `language` is a BCP 47 tag, which is the file's name."""

    id: Annotated[str, Meta(min_length=1, max_length=64, pattern=LINE)]
    version: Annotated[str, Meta(min_length=1, max_length=32, pattern=LINE)]
    language: Annotated[str, Meta(max_length=35, pattern=LANGUAGE_TAG)]
    text: Annotated[str, Meta(min_length=1, max_length=MAX_CHARACTERS)]


def written(section: Consent) -> Sequence[WrittenText]:
    """All of them by their language, but first the one that `consent.language` names.

    Raises ValueError, which says what is wrong with which file, or OSError.
    """
    folder = section.texts_path or shipped.consent_texts_path()
    files = sorted(folder.glob("*.txt"))
    if not files:
        raise ValueError(f"{folder.absolute()} has no text, such as en.txt")
    texts = [_parsed(path) for path in files]
    return sorted(texts, key=lambda each: each.language != section.language)


def _parsed(path: Path) -> WrittenText:
    """Lines of `name: value`, an empty line, and the text as it is shown; a backslash at the end
    of a line joins it with the next one.
    """
    try:
        head, _, text = path.read_text(encoding="utf-8-sig").strip().partition("\n\n")
        fields = dict(re.findall(r"^(\w+):[ \t]*(.*?)[ \t]*$", head, re.MULTILINE))
        if missing := [name for name in ("id", "version") if name not in fields]:
            raise ValueError(f"{path.absolute()} has no line `{missing[0]}: …` at its beginning")
        if not text.strip():
            raise ValueError(f"{path.absolute()} has no text after an empty line")
        said = fields | {"language": path.stem, "text": text.strip().replace("\\\n", "")}
        return msgspec.convert(said, WrittenText)
    except UnicodeDecodeError:
        raise ValueError(f"{path.absolute()} is not UTF-8") from None
    except msgspec.ValidationError as error:
        raise ValueError(f"{path.absolute()}: {error}") from None
