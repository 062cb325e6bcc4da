"""The configuration: typed sections of config.toml, reading it, and the rules between its keys."""

from signaling.config.sections import (
    Auth,
    Calls,
    Config,
    Consent,
    Emergency,
    Ice,
    Jwt,
    Log,
    Metrics,
    Practice,
    Recording,
    Relay,
    Section,
    Server,
    Smtp,
    Storage,
)

__all__ = [
    "Auth",
    "Calls",
    "Config",
    "Consent",
    "Emergency",
    "Ice",
    "Jwt",
    "Log",
    "Metrics",
    "Practice",
    "Recording",
    "Relay",
    "Section",
    "Server",
    "Smtp",
    "Storage",
]
