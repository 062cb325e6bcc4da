"""NTP time as RTCP carries it (RFC 5905 6)."""

UNITS = 1 << 32
"""In a second: there are 32 bits of fraction."""


def ntp(seconds: float) -> int:
    """Seconds since 1900 as 64-bit fixed point (RFC 5905 6)."""
    return int(seconds * UNITS) & 0xFFFFFFFFFFFFFFFF


def middle(ntp_time: int) -> int:
    """The middle 32 bits, as report blocks quote them."""
    return ntp_time >> 16 & 0xFFFFFFFF
