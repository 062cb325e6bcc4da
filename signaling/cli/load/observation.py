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
    lacking: Counter[str]
    """What the parts of recordings lack of what was sent, as each of them tells it, since the
    server's start; by the names of relay.recording.losses.
    """


async def observe(site: Site) -> Observation | None:
    """None if the figures cannot be had."""
    text = await site.metrics()
    return parse(text, time.monotonic()) if text is not None else None


def parse(text: str, now: float) -> Observation | None:
    """None for what carelay does not write."""
    values, dropped, lacking = defaultdict[str, float](float), Counter[str](), Counter[str]()
    try:
        for family in text_string_to_metric_families(text):
            for sample in family.samples:
                values[sample.name] += sample.value
                if sample.name == "carelay_relay_dropped_packets_total":
                    dropped[sample.labels["reason"]] += int(sample.value)
                elif sample.name == "carelay_recording_missing_packets_total":
                    lacking[f"{sample.labels['reason']}_packets"] += int(sample.value)
    except ValueError:
        return None
    if "carelay_rooms" not in values:
        return None
    cpu = values["process_cpu_seconds_total"]
    resident = int(values["process_resident_memory_bytes"])
    lacking["discarded_pictures"] = int(values["carelay_recording_discarded_pictures_total"])
    lacking["discarded_sound_ms"] = round(
        1000 * values["carelay_recording_discarded_sound_seconds_total"]
    )
    return Observation(
        now,
        cpu,
        int(values["carelay_calls"]),
        resident,
        dropped,
        int(values["carelay_recorded_frames_total"]),
        int(values["carelay_recording_lost_packets_total"]),
        lacking,
    )
