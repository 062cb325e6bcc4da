"""Space where recordings are written."""

import logging
import shutil
from collections.abc import Iterator
from pathlib import Path

from prometheus_client.core import GaugeMetricFamily, Metric

from signaling.kernel.background import repeat
from storage.threads import Threads

log = logging.getLogger(__name__)

INTERVAL_SECONDS = 30.0


class Disk:
    """As it was when last measured: on another thread, because a network share
    that hangs must not stop calls.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._thread = Threads("disk space", 1)
        self._space: tuple[int, int] | None = None

    async def watch(self) -> None:
        """Measure now and then until cancelled."""
        await repeat(self._measure, INTERVAL_SECONDS, "measuring the space for recordings")

    async def _measure(self) -> None:
        try:
            self._space = await self._thread.run(_space, self._path)
        except OSError as error:
            self._space = None
            log.warning("cannot tell the space left for recordings: %s", error.strerror)

    def figures(self) -> Iterator[Metric]:
        """None until it was measured, so that no alert reads a zero."""
        if self._space is not None:
            size, free = self._space
            yield GaugeMetricFamily(
                "carelay_recordings_size_bytes", "Size of the recordings' file system.", size
            )
            yield GaugeMetricFamily(
                "carelay_recordings_free_bytes", "Space left for recordings.", free
            )


def _space(path: Path) -> tuple[int, int]:
    """Size and what is free for us. The folder itself may appear with the first recording only."""
    there = next(folder for folder in (path, *path.absolute().parents) if folder.exists())
    usage = shutil.disk_usage(there)
    return usage.total, usage.free
