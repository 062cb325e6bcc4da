"""What Prometheus reads at /metrics; the table of names is in OPERATIONS.md."""

from signaling.ops.metrics.registry import Metrics
from signaling.ops.metrics.sources import MetricSources

__all__ = ["Metrics", "MetricSources"]
