"""Secrets that a browser keeps, and of which only the SHA-256 is kept here.

A plain hash suffices because each is 256 random bits: there is nothing to guess, unlike with a
password.
"""

import hashlib
import secrets


def new(mark: str = "") -> str:
    """`mark` is what it begins with, and no part of the secret."""
    return mark + secrets.token_urlsafe(32)


def sha256(token: str) -> str:
    """Of anything a browser may send: a cookie may hold any bytes."""
    return hashlib.sha256(token.encode(errors="surrogateescape")).hexdigest()
