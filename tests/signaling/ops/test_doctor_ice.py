"""carelay doctor speaks to STUN and TURN servers as a browser would."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from signaling import config
from signaling.config import Config
from signaling.ops.doctor import ice
from signaling.ops.doctor.finding import Finding
from signaling.ops.doctor.ice import look_at_ice_servers
from tests.signaling.ops.turnserver import SECRET, turnserver
from tests.signaling.terminal import free_port

Answer = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


async def found(*turn: str, stun: str = "", secret: str = SECRET) -> list[Finding]:
    settings = config.Ice(
        stun_servers=(stun,) if stun else (),
        turn_servers=turn,
        turn_static_auth_secret=secret if turn else "",
    )
    return await look_at_ice_servers(Config(ice=settings))


@asynccontextmanager
async def tcp_server(answer: Answer) -> AsyncIterator[int]:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await answer(reader, writer)
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        yield server.sockets[0].getsockname()[1]


async def hang_up(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.read(1)


async def speak_http(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.read(20)
    writer.write(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")
    await reader.read()


async def test_a_turn_server_is_asked_for_a_relay_with_the_credentials_that_browsers_get(
    tmp_path: Path,
) -> None:
    async with turnserver(tmp_path) as port:
        urls = (f"turn:127.0.0.1:{port}", f"turn:127.0.0.1:{port}?transport=tcp")
        right = await found(*urls, stun=f"stun:127.0.0.1:{port}")
        assert [(finding.level, finding.text.split()[-1]) for finding in right] == [
            ("ok", "answers"),
            ("ok", "relays"),
            ("ok", "relays"),
        ]
        for finding in await found(*urls, secret="south"):
            assert finding.level == "problem"
            assert "refuses to relay: 401" in finding.text
            assert "ice.turn_static_auth_secret" in finding.advice


@pytest.mark.parametrize("answer", [hang_up, speak_http])
async def test_what_is_not_a_turn_server_is_a_problem(
    answer: Answer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ice, "ANSWER_SECONDS", 0.5)
    async with tcp_server(answer) as port:
        (turn,) = await found(f"turn:127.0.0.1:{port}?transport=tcp")
        assert turn.level == "problem"
        assert "no TURN answer" in turn.text


async def test_nothing_listens_and_no_such_name_are_problems(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(ice, "ANSWER_SECONDS", 0.5)
    urls = (f"turn:127.0.0.1:{free_port()}?transport=tcp", f"turn:127.0.0.1:{free_port()}")
    for finding in await found(*urls, stun=f"stun:127.0.0.1:{free_port()}"):
        assert finding.level == "problem"
        assert finding.advice
