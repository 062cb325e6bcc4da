"""What Prometheus reads at /metrics; the list of names is in OPERATIONS.md."""

from signaling.ops.metrics.registry import Metrics
from signaling.ops.metrics.sources import MetricSources

__all__ = ["Metrics", "MetricSources"]
