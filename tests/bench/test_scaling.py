"""Engine threads side by side."""

import pytest

from bench.relay.measurement import Timing
from bench.relay.scaling import HEAD, ROOMS, Scaling, compare, rows

HOST = "127.0.0.1"


async def test_rooms_are_shared_out_among_the_threads_of_one_server_and_among_servers() -> None:
    small = ROOMS.with_rooms(2)
    measured = await compare(HOST, small, Timing(settling=0.1, measured=0.3))
    assert [(each.servers, each.engine_threads) for each in measured] == [(1, 1), (1, 2), (2, 1)]
    assert [len(each.shares) for each in measured] == [1, 2, 2]
    for each in measured:
        assert each.packets_per_second > 0
        assert sum(each.shares) == pytest.approx(1)
        assert min(each.shares) > 0.3


def test_a_row_says_how_many_times_one_thread() -> None:
    table = rows([Scaling(1, 1, 200_000, 1.0, (1.0,)), Scaling(1, 2, 390_000, 1.95, (0.51, 0.49))])
    assert table[1] == [1, 2, 390_000, 1.95, 1.95, 5.0, "51% 49%"]
    assert len(table[0]) == len(HEAD)
