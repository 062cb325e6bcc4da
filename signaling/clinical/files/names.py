"""What a file may be called. Pure."""

import re
import unicodedata

MOST_CHARACTERS = 200
MOST_OF_EXTENSION = 10
_PATH = re.compile(r"[/\\]")


def clean(name: str) -> str:
    """In any script, and nothing but a name: without folders, without what cannot be seen (such as
    what turns "fdp.exe" round), and as long as every file system takes it. Without a name, "file".
    """
    last = _PATH.split(name)[-1]
    seen = "".join(each for each in unicodedata.normalize("NFC", last) if _is_seen(each))
    return _cut(" ".join(seen.split()).strip(". ") or "file")


def _is_seen(character: str) -> bool:
    """Joiners are written in some scripts, and in pictograms."""
    category = unicodedata.category(character)
    return category[0] != "C" or character in "\u200c\u200d" or category == "Cn"


def _cut(name: str) -> str:
    """Its end tells what it is."""
    stem, dot, extension = name.rpartition(".")
    if not stem or len(extension) > MOST_OF_EXTENSION:
        stem, dot, extension = name, "", ""
    end = f"{dot}{extension}"
    while len(stem) > MOST_CHARACTERS - len(end) or len(f"{stem}{end}".encode()) > 240:
        stem = stem[:-1]
    return f"{stem.rstrip()}{end}"
