"""Figures of the engine threads, told apart by their UDP port: a room lives on one,
so one can be full alone.
"""

from collections.abc import Callable, Iterator, Sequence
from itertools import accumulate

from prometheus_client.core import CounterMetricFamily, HistogramMetricFamily, Metric

from relay.stats import BATCH_BOUNDS, DELAY_BOUNDS, Distribution, EngineStats

_PORT = ["port"]


def engine_figures(engines: Sequence[EngineStats]) -> Iterator[Metric]:
    """All of them."""
    yield _packets(
        "received",
        "RTP packets taken from publishers.",
        engines,
        lambda engine: engine.received_packets,
    )
    yield _packets(
        "forwarded",
        "RTP packets for subscribers.",
        engines,
        lambda engine: engine.forwarded_packets,
    )
    yield _dropped(engines)
    yield _histogram(
        "carelay_relay_batch_datagrams",
        "Datagrams that an engine thread received together.",
        BATCH_BOUNDS,
        {engine.port: engine.batches for engine in engines},
    )
    yield _histogram(
        "carelay_relay_forwarding_delay_seconds",
        "Batches of datagrams, by how long the oldest took from the socket until all was sent.",
        DELAY_BOUNDS,
        {engine.port: engine.delays for engine in engines},
    )


def _packets(
    name: str, text: str, engines: Sequence[EngineStats], count: Callable[[EngineStats], int]
) -> Metric:
    family = CounterMetricFamily(f"carelay_relay_{name}_packets", text, labels=_PORT)
    for engine in engines:
        family.add_metric([str(engine.port)], count(engine))
    return family


def _dropped(engines: Sequence[EngineStats]) -> Metric:
    text = "Datagrams and packets not processed."
    family = CounterMetricFamily("carelay_relay_dropped_packets", text, labels=[*_PORT, "reason"])
    for engine in engines:
        for reason, count in engine.dropped.items():
            family.add_metric([str(engine.port), reason], count)
    return family


def _histogram(
    name: str, text: str, bounds: Sequence[float], ports: dict[int, Distribution]
) -> Metric:
    family = HistogramMetricFamily(name, text, labels=_PORT)
    labels = [*(str(float(bound)) for bound in bounds), "+Inf"]
    for port, measured in ports.items():
        buckets = list(zip(labels, accumulate(measured.counts), strict=True))
        family.add_metric([str(port)], buckets, measured.sum)
    return family
