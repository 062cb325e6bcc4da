"""Identifiers of rows: 32 hexadecimal digits of a random UUID."""

import uuid


def new_id() -> str:
    return uuid.uuid4().hex
