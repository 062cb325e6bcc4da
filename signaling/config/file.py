"""Reads config.toml, the environment and command line options into a Config,
or says in one line what is wrong.
"""

import difflib
import os
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, get_args, get_origin

import msgspec

from signaling.config.rules import contradictions, unusable_files
from signaling.config.sections import Config, Section
from signaling.kernel.network import Network

DEFAULT_FILE = Path("config.toml")
BUILT_IN = "built-in defaults"
PREFIX = "CARELAY_"
# Names of the host platform's deployment, beside CARELAY_<SECTION>_<KEY> of every key.
ALIASES = {
    "WEBRTC_STUN_SERVERS": "ice.stun_servers",
    "WEBRTC_TURN_SERVERS": "ice.turn_servers",
    "RECORDING_STORAGE_PATH": "recording.path",
    "MAX_CALL_DURATION_MINUTES": "calls.max_duration_minutes",
}


class ConfigError(Exception):
    """One line for the person who starts the server: the key, where its value came from,
    what is wrong.
    """

    def __init__(self, key: str, origin: str, problem: str) -> None:
        super().__init__(f"{key} ({origin}): {problem}" if key else f"{origin}: {problem}")
        self.key = key


@dataclass(frozen=True)
class Setting:
    """A raw value and where it came from: a file's name, a variable's name or an option."""

    value: object
    origin: str
    is_text: bool
    """From the environment or the command line: numbers, truth values
    and lists are still to be read from text.
    """


def load(
    path: Path | None = None,
    environ: Mapping[str, str] = os.environ,
    options: Mapping[str, str] | None = None,
    *,
    files_must_exist: bool = True,
) -> Config:
    """The configuration: file, then environment, then options (`section.key` → text).
    Raises ConfigError.

    Without a path it is ./config.toml where there is one, and the built-in defaults where not.
    """
    settings = _file_settings(file) if (file := path or _default_file()) else {}
    settings.update(_environment_settings(environ))
    settings.update(
        {key: Setting(text, _option_name(key), True) for key, text in (options or {}).items()}
    )
    config = _build(settings)
    wrong = [*contradictions(config)] or ([*unusable_files(config)] if files_must_exist else [])
    for key, problem in wrong:
        raise ConfigError(key, settings[key].origin if key in settings else "default", problem)
    return config


def origin(path: Path | None) -> str:
    """What `load` reads for this path, in words."""
    return str(path or _default_file() or BUILT_IN)


def _default_file() -> Path | None:
    return DEFAULT_FILE if DEFAULT_FILE.exists() else None


def keys() -> dict[str, msgspec.structs.FieldInfo]:
    """`section.key` → its field, of every key there is."""
    return {
        f"{section.name}.{field.encode_name}": field
        for section in msgspec.structs.fields(Config)
        for field in msgspec.structs.fields(section.type)
    }


def is_secret(field: msgspec.structs.FieldInfo) -> bool:
    """Whether its value must not be shown to those who may read the audit log."""
    kind = msgspec.inspect.type_info(field.type)
    return isinstance(kind, msgspec.inspect.Metadata) and bool((kind.extra or {}).get("secret"))


def _file_settings(path: Path) -> dict[str, Setting]:
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ConfigError("", str(path), "no such file; name one with --config") from None
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ConfigError("", str(path), f"cannot be read: {error}") from None
    return {key: Setting(value, path.name, False) for key, value in _flat(tables, path.name)}


def _flat(tables: Mapping[str, Any], origin: str) -> Iterator[tuple[str, object]]:
    sections = [section.name for section in msgspec.structs.fields(Config)]
    known = list(keys())
    for section, table in tables.items():
        if section not in sections:
            raise ConfigError(section, origin, f"unknown section{_did_you_mean(section, sections)}")
        if not isinstance(table, dict):
            raise ConfigError(
                section, origin, f"is a section; write [{section}] on a line of its own"
            )
        for key, value in table.items():
            name = f"{section}.{key}"
            if name not in known:
                raise ConfigError(name, origin, f"unknown key{_did_you_mean(name, known)}")
            yield name, value


def _environment_settings(environ: Mapping[str, str]) -> dict[str, Setting]:
    variables = {variable_of(key): key for key in keys()}
    settings = {
        key: Setting(environ[alias], alias, True)
        for alias, key in ALIASES.items()
        if alias in environ
    }
    for name in sorted(environ):
        if not name.startswith(PREFIX):
            continue
        key = variables.get(name)
        if key is None:
            raise ConfigError(
                name, "environment", f"unknown variable{_did_you_mean(name, list(variables))}"
            )
        if key in settings:
            raise ConfigError(key, f"{settings[key].origin} and {name}", "is set twice")
        settings[key] = Setting(environ[name], name, True)
    return settings


def variable_of(key: str) -> str:
    """`relay.port` → `CARELAY_RELAY_PORT`"""
    return PREFIX + key.replace(".", "_").upper()


def _option_name(key: str) -> str:
    return "--" + key.rpartition(".")[2].replace("_", "-")


def _did_you_mean(word: str, words: list[str]) -> str:
    near = difflib.get_close_matches(word, words, n=1)
    return f"; did you mean {near[0]}?" if near else ""


def _build(settings: Mapping[str, Setting]) -> Config:
    sections: dict[str, dict[str, object]] = {}
    fields = keys()
    for key, setting in settings.items():
        section, _, name = key.partition(".")
        sections.setdefault(section, {})[name] = _value(key, fields[key].type, setting)
    kinds: dict[str, type[Section]] = {
        section.name: section.type for section in msgspec.structs.fields(Config)
    }
    built = {name: kinds[name](**values) for name, values in sections.items()}
    return Config(**built)  # type: ignore[arg-type]  # checked key by key above


def _value(key: str, kind: Any, setting: Setting) -> object:
    value = setting.value
    if setting.is_text and isinstance(value, str):
        value = _from_text(value, kind)
    if value == "" and type(None) in get_args(kind):
        value = None  # TOML has no null: an empty path is none
    try:
        return msgspec.convert(value, kind, strict=not setting.is_text, dec_hook=_decode)
    except msgspec.ValidationError as error:
        raise ConfigError(key, setting.origin, _in_words(str(error), setting)) from None


def _from_text(text: str, kind: Any) -> object:
    bare = get_args(kind)[0] if get_origin(kind) is Annotated else kind
    if get_origin(bare) is tuple:
        return [item.strip() for item in text.split(",") if item.strip()]
    return text.strip()


def _decode(kind: Any, value: object) -> object:
    if not isinstance(value, str):
        raise TypeError(f"Expected `str`, got `{type(value).__name__}`")
    return Path(value) if kind is Path else Network(value)


# msgspec's names of types, for people who do not write Python.
WORDS = {
    "`int`": "a whole number",
    "`float`": "a number",
    "`bool`": "true or false",
    "`str`": "text",
    "`array`": "a list",
}


def _in_words(problem: str, setting: Setting) -> str:
    """msgspec's message without its path (the key is named already), and the value
    if it is a number: no secrets.
    """
    words = problem.partition(" - at ")[0]
    for name, word in WORDS.items():
        words = words.replace(name, word)
    is_number = isinstance(setting.value, int | float) and not isinstance(setting.value, bool)
    shown = (
        f", not {setting.value}"
        if is_number or (setting.is_text and str(setting.value).isdigit())
        else ""
    )
    return words[0].lower() + words[1:] + shown
