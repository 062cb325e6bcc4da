"""A load as lines for the terminal, while it runs and afterwards."""

from collections.abc import Iterator, Sequence

from relay.load.generator import LONGEST_DELAY_US, Figures
from signaling.cli.load.call import End
from signaling.cli.load.outcome import Outcome, counted, listed, lost, rates

HEAD = "  second     sent/s  forwarded/s   lost %   p50 ms   p99 ms  resent  Mbit/s"


def row(until: str, figures: Figures) -> str:
    """One line under HEAD."""
    known = rates(figures)
    gone = f"{known['lost_percent']:.2f}" if figures.sent else "-"
    return (
        f"{until:>8} {known['sent_per_second']:>10.0f} {known['forwarded_per_second']:>12.0f} "
        f"{gone:>8} {_ms(figures.delay_p50_us):>8} {_ms(figures.delay_p99_us):>8} "
        f"{figures.repaired + figures.repeated + figures.retransmitted:>7} "
        f"{known['mbit_per_second']:>7.1f}"
    )


def _ms(delay_us: int) -> str:
    if delay_us >= LONGEST_DELAY_US:
        return f"{LONGEST_DELAY_US // 1000}+"
    return f"{delay_us / 1000:.2f}" if delay_us else "-"


def setup_line(outcome: Outcome) -> str:
    """How long setting up took."""
    line = f"Set up {len(outcome.setup_seconds)} of {counted(outcome.plan.calls, 'call')}"
    if not outcome.setup_seconds:
        return f"{line}."
    return (
        f"{line}, each within {outcome.setup_ms(0.5):.0f} ms (p50), {outcome.setup_ms(0.99):.0f} "
        "ms (p99)."
    )


def end_line(ends: Sequence[End]) -> str:
    """How many calls were ended, of those that there were."""
    begun = [end for end in ends if end.begun]
    ended = sum(end.problem is None for end in begun)
    of_all = "" if ended == len(begun) else f"{ended} of "
    return f"Ended {of_all}{counted(len(begun), 'call')}, signing out."


def closing_lines(outcome: Outcome) -> Iterator[str]:
    """Under the rows of the running load."""
    figures = outcome.figures
    if figures is None:
        return
    yield from _server(outcome)
    yield (
        f"The generator used {rates(figures)['generator_cpu_percent']:.0f} % of a core of this "
        "machine."
    )


def _server(outcome: Outcome) -> Iterator[str]:
    server = outcome.server
    if server is None:
        return
    yield (
        f"The server used {server.cpu_percent:.0f} % of a core, {server.cpu_us_per_packet:.1f} µs "
        f"for each packet forwarded, and {server.resident_bytes / 1e6:.0f} MB of memory."
    )
    dropped = ", ".join(f"{count} {reason}" for reason, count in server.dropped.items())
    yield f"Its relay dropped {dropped or 'nothing'}."
    if outcome.plan.recorded:
        yield f"It recorded {min(100.0, 100 * server.recorded):.1f} % of the pictures and sound."
        yield f"Its recordings lack {listed(server.lacking) or 'nothing'}."


def verdict(outcome: Outcome) -> str:
    """For a load without a problem."""
    figures = outcome.figures
    if figures is None:
        return "Stopped before anything was measured."
    slow = figures.delay_p99_us >= LONGEST_DELAY_US
    delays = "more than 1 %" if slow else "99 %"
    within = (
        f"took {LONGEST_DELAY_US / 1e6:g} s or more"
        if slow
        else f"within {_ms(figures.delay_p99_us)} ms"
    )
    return (
        f"{'Stopped; until then the server' if outcome.stopped else 'The server'} held "
        f"{counted(outcome.plan.calls, 'call')}: {100 * lost(figures):.2f} % lost, "
        f"{delays} of the packets {within}."
    )
