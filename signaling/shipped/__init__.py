"""What an installation brings besides Python: the documented config.toml, the built pages,
the words that people agree to and the questionnaires that can be scored.

A wheel carries all in this folder; in a checkout configuration and pages lie where they are edited
and built.
"""

from importlib.metadata import version as version_of
from pathlib import Path

_HERE = Path(__file__).parent
_CHECKOUT = _HERE.parent.parent


def version() -> str:
    """The version of the installed package, such as `0.1.0`."""
    return version_of("carelay")


def config_text() -> str:
    """config.toml as it is documented: every key with its default and what it is for."""
    return _first(_HERE / "config.toml", _CHECKOUT / "config.toml").read_text(encoding="utf-8")


def pages_path() -> Path:
    """The folder of the built pages. In a checkout where nobody built them, it does not exist."""
    return _first(_HERE / "web", _CHECKOUT / "web" / "dist")


def consent_texts_path() -> Path:
    """The folder of the texts that people agree to before a recording, a file for each language."""
    return _HERE / "consent_texts"


def letters_path() -> Path:
    """The folder of what letters about appointments say, a file for each language."""
    return _HERE / "letters"


def instruments_path() -> Path:
    """The folder of the questionnaires that can be scored, a file for each."""
    return _HERE / "instruments"


def emergency_numbers_path() -> Path:
    """Whom to ring in which country."""
    return _HERE / "emergency_numbers.toml"


def consent_template() -> bytes:
    """How one consent is set as a document, in typst's language."""
    return (_HERE / "consent.typ").read_bytes()


def _first(installed: Path, checkout: Path) -> Path:
    return installed if installed.exists() else checkout
