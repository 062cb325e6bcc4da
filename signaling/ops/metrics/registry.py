"""The server's registry for Prometheus.

Labels are bounded words: methods, routes, directions, sources, reasons.
"""

import asyncio

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Histogram,
    ProcessCollector,
    generate_latest,
)

from signaling.kernel.background import repeat
from signaling.ops.metrics.disk import Disk
from signaling.ops.metrics.live import LiveFigures
from signaling.ops.metrics.sources import MetricSources
from signaling.ops.metrics.totals import TrackTotals

OBSERVE_SECONDS = 5.0


class Metrics:
    """One server's figures."""

    def __init__(self, sources: MetricSources) -> None:
        self._relay = sources.relay
        self._totals = TrackTotals()
        self._disk = Disk(sources.recordings_path)
        self._registry = CollectorRegistry()
        self._registry.register(LiveFigures(sources, self._totals, self._disk))
        ProcessCollector(registry=self._registry)
        labels = ("method", "route", "status")
        self._requests = Counter(
            "carelay_http_requests", "HTTP requests answered.", labels, registry=self._registry
        )
        self._seconds = Histogram(
            "carelay_http_request_duration_seconds",
            "Time until the answer began.",
            ("route",),
            registry=self._registry,
        )

    async def watch(self) -> None:
        """Until cancelled, notice what would be gone before Prometheus asks:
        the counters of short calls.
        """
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._disk.watch())
            tasks.create_task(repeat(self._observe, OBSERVE_SECONDS, "counting what flows"))

    async def _observe(self) -> None:
        self._totals.observe(self._relay.snapshot())

    def count_request(self, method: str, route: str, status: int, seconds: float) -> None:
        """`route` is the pattern, such as `/room/{room_id}`, never the path:
        that would name rooms.
        """
        self._requests.labels(method, route, str(status)).inc()
        self._seconds.labels(route).observe(seconds)

    def text(self) -> bytes:
        """The exposition format of Prometheus."""
        return generate_latest(self._registry)
