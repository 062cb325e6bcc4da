"""What Prometheus reads at /metrics; the table of names is in OPERATIONS.md."""

from signaling.metrics.registry import Metrics
from signaling.metrics.sources import MetricSources

__all__ = ["Metrics", "MetricSources"]
