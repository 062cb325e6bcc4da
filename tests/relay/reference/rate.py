"""Bytes per second of one track."""

_WINDOW = 1.0


class RateMeter:
    """Count bytes in `count`, call `update` now and then; `bitrate_bps` is
    that of the last full second or more.
    """

    def __init__(self) -> None:
        self.count = 0
        self.bitrate_bps = 0
        self._since: tuple[float, int] | None = None

    def update(self, now: float) -> None:
        """Take a new value if the window is over."""
        if self._since is None:
            self._since = now, self.count
            return
        started, before = self._since
        if now - started >= _WINDOW:
            self.bitrate_bps = round(8 * (self.count - before) / (now - started))
            self._since = now, self.count
