"""What the server's /metrics tell, where this machine may read them (metrics.allowed_networks)."""

import time
from collections import Counter, defaultdict
from dataclasses import dataclass

from prometheus_client.parser import text_string_to_metric_families

from signaling.cli.load.site import Site


@dataclass(frozen=True)
class Observation:
    """At one moment."""

    at: float
    """time.monotonic"""
    cpu_seconds: float
    calls: int
    resident_bytes: int
    dropped: Counter[str]
    """By reason, since the server's start."""
    recorded_frames: int
    """Pictures and packets of sound, since the server's start."""
    unrecorded_packets: int
    """That came and were thrown away before the recorder, since the server's start."""


async def observe(site: Site) -> Observation | None:
    """None if the figures cannot be had."""
    text = await site.metrics()
    return parse(text, time.monotonic()) if text is not None else None


def parse(text: str, now: float) -> Observation | None:
    """None for what carelay does not write."""
    values, dropped = defaultdict[str, float](float), Counter[str]()
    try:
        for family in text_string_to_metric_families(text):
            for sample in family.samples:
                values[sample.name] += sample.value
                if sample.name == "carelay_relay_dropped_packets_total":
                    dropped[sample.labels["reason"]] += int(sample.value)
    except ValueError:
        return None
    if "carelay_rooms" not in values:
        return None
    cpu = values["process_cpu_seconds_total"]
    resident = int(values["process_resident_memory_bytes"])
    return Observation(
        now,
        cpu,
        int(values["carelay_calls"]),
        resident,
        dropped,
        int(values["carelay_recorded_frames_total"]),
        int(values["carelay_recording_lost_packets_total"]),
    )
