from contextlib import AsyncExitStack
from pathlib import Path

from bench.caller import HOST, person
from bench.calls import call, relayed
from bench.relay.carelay import RelayProcess
from tests.scenarios.server_process import serve


async def test_a_call_is_set_up_and_ended_again_and_again(tmp_path: Path) -> None:
    async with serve(tmp_path / "server") as server, AsyncExitStack() as stack:
        provider, patient = [
            await stack.enter_async_context(person(server, role, 1))
            for role in ("provider", "patient")
        ]
        assert 0 < await call(provider, patient) < 30
        assert 0 < await call(provider, patient) < 30


async def test_the_floor_connects_the_same_clients() -> None:
    async with RelayProcess.running(HOST) as relay:
        assert 0 < await relayed(relay, "room") < 30
