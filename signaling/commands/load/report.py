"""A load as lines for the terminal, while it runs and afterwards."""

from collections.abc import Iterator

from relay.load.generator import Figures
from signaling.commands.load.outcome import Outcome, counted, rates

HEAD = "  second     sent/s  forwarded/s   lost %   p50 ms   p99 ms  resent  Mbit/s"


def row(until: str, figures: Figures) -> str:
    """One line under HEAD."""
    known = rates(figures)
    return (
        f"{until:>8} {known['sent_per_second']:>10.0f} {known['forwarded_per_second']:>12.0f} "
        f"{known['lost_percent']:>8.2f} {known['delay_p50_us'] / 1000:>8.2f} {known['delay_p99_us'] / 1000:>8.2f} "
        f"{figures.repaired + figures.repeated + figures.retransmitted:>7} {known['mbit_per_second']:>7.1f}"
    )


def setup_line(outcome: Outcome) -> str:
    """How long setting up took."""
    line = f"Set up {len(outcome.setup_seconds)} of {counted(outcome.plan.calls, 'call')}"
    if not outcome.setup_seconds:
        return f"{line}."
    return f"{line}, each within {outcome.setup_ms(0.5):.0f} ms (p50), {outcome.setup_ms(0.99):.0f} ms (p99)."


def closing_lines(outcome: Outcome) -> Iterator[str]:
    """Under the rows of the running load."""
    figures = outcome.figures
    if figures is None:
        return
    yield from _server(outcome)
    yield f"The generator used {rates(figures)['generator_cpu_percent']:.0f} % of a core of this machine."


def _server(outcome: Outcome) -> Iterator[str]:
    server = outcome.server
    if server is None:
        return
    yield (
        f"The server used {server.cpu_percent:.0f} % of a core, {server.cpu_us_per_packet:.1f} µs for each packet "
        f"forwarded, and {server.resident_bytes / 1e6:.0f} MB of memory."
    )
    dropped = ", ".join(f"{count} {reason}" for reason, count in server.dropped.items())
    yield f"Its relay dropped {dropped or 'nothing'}."


def verdict(outcome: Outcome) -> str:
    """For a load without a problem."""
    figures = outcome.figures
    if figures is None:
        return "Stopped before anything was measured."
    known = rates(figures)
    return (
        f"{'Stopped; until then the server' if outcome.stopped else 'The server'} held "
        f"{counted(outcome.plan.calls, 'call')}: {known['lost_percent']:.2f} % lost, "
        f"99 % of the packets within {known['delay_p99_us'] / 1000:.2f} ms."
    )
