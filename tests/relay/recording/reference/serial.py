"""Numbers of fixed width that wrap, such as RTP sequence numbers and timestamps (RFC 1982)."""


def unwrap(value: int, near: int, bits: int) -> int:
    """The number congruent to `value` modulo 2^bits that lies closest to `near`;
    a tie goes below.
    """
    half = 1 << (bits - 1)
    return near + ((value - near + half) & ((1 << bits) - 1)) - half
