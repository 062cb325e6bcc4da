"""Whatever arrives, by whomever it is sent, ends in an answer of the one shape,
and no name of it in the log.

PostgreSQL stands below: it refuses text that SQLite takes. The examples are the same in each run.
"""

import asyncio
import json
import logging
import socket
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any, get_args

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from signaling import config
from signaling.http import connections
from signaling.http.endpoint import endpoint
from signaling.http.routes import ROUTES
from signaling.kernel.limits import Limits
from signaling.kernel.routes import Route
from signaling.kernel.words import Role
from signaling.websocket.messages import ClientMessage
from tests.signaling.conftest import TELEMEDICINE, Site, behind_proxy, configuration, open_site
from tests.support.effort import effort
from tests.support.postgresql import PostgreSQL

MARK = "Zelda-Q7"
"""In every example; it must not turn up in the log, nor in the answer to what is no HTTP."""

same_each_run = settings(
    derandomize=True,
    max_examples=effort(200, long=5000),
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


@pytest.fixture
async def site(
    tmp_path: Path, postgresql: PostgreSQL, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Site]:
    """One that is quickly tired of waiting, behind a proxy that passes on everything."""
    monkeypatch.setattr(connections, "HEADER_SECONDS", 0.1)
    monkeypatch.setattr(Limits, "wait", lambda *_: 0.0)
    monkeypatch.setattr("signaling.http.endpoint.BODY_SECONDS", 0.1)
    assets = tmp_path / "web" / "assets"
    assets.mkdir(parents=True)
    (tmp_path / "web" / "index.html").write_text("<!doctype html><title>carelay</title>")
    stored = config.Storage(
        data_path=tmp_path / "data", database_url=await postgresql.new_database()
    )
    made = configuration(tmp_path, storage=stored, server=behind_proxy(tmp_path))
    async with open_site(made, lingering_time=0.1, keepalive_timeout=0.1) as site:
        closing = asyncio.create_task(
            connections.close_silent(site.server, site.app[connections.HEARD])
        )
        yield site
        closing.cancel()


class Wire:
    """A client of bytes, in a thread beside the server."""

    def __init__(self, site: Site) -> None:
        assert site.client.port is not None
        self._address = str(site.client.host), site.client.port

    def ask(self, request: bytes) -> bytes:
        """All that comes back until the server closes."""
        with socket.create_connection(self._address, timeout=20) as connection:
            try:
                connection.sendall(request)
                return b"".join(iter(lambda: connection.recv(65_536), b""))
            except ConnectionError:  # it was tired of us before we had said everything
                return b""

    def check(self, request: bytes, *, repeats: bool) -> None:
        """One answer to one request, if there was one at all."""
        reply = self.ask(request)
        if not reply:
            return
        head, _, body = reply.partition(b"\r\n\r\n")
        status = int(head.split()[1])
        assert head.startswith(b"HTTP/1.")
        assert status < 500, reply
        if status == 404 and request.startswith(b"GET") and b"Accept: text/html" in request:
            return  # the page that says so
        if status >= 400 and not request.startswith(b"HEAD"):
            assert b"application/problem+json" in head, reply
            assert json.loads(body[: _length(head)])["status"] == status
            assert b"aiohttp" not in reply
            assert repeats or MARK.encode() not in reply


def _length(head: bytes) -> int:
    lines = dict(line.lower().split(b": ", 1) for line in head.split(b"\r\n")[1:])
    return int(lines[b"content-length"])


def in_a_thread(
    check: Callable[[], None], caplog: pytest.LogCaptureFixture
) -> asyncio.Future[None]:
    """Hypothesis calls plain functions, and the server needs its loop."""
    caplog.set_level(logging.INFO)
    return asyncio.ensure_future(asyncio.to_thread(check))


# --- bytes


METHODS = st.sampled_from([b"GET", b"POST", b"HEAD", b"OPTIONS", b"CONNECT", b"PRI", b"DELETE"])
TARGETS = st.sampled_from(
    [
        *(
            b"/",
            b"*",
            b"//a",
            b"http://a/",
            b"/healthz",
            b"/metrics",
            b"/assets/%00",
            b"/assets/..%2f",
            b"/room/%ff",
        ),
        *(
            b"/assets/" + b"%F0%9F%98%80" * 70,
            b"/api/v1/auth/login",
            b"/api/v1/auth/me?%ff=%00",
            b"/" + b"a" * 9000,
        ),
        TELEMEDICINE.encode() + b"/ws/u",
    ]
)
LINES = st.sampled_from(
    [
        *(
            b"Content-Length: 5",
            b"Content-Length: -1",
            b"Content-Length: 99999999999999999999",
            b"Range: bytes=9-",
        ),
        *(
            b"Transfer-Encoding: chunked",
            b"Content-Encoding: gzip",
            b"Content-Type: application/json",
            b"Host: b",
        ),
        *(
            b"Expect: 100-continue",
            b"Expect: x",
            b"If-Match: x",
            b"If-Modified-Since: x",
            b"Accept: text/html",
        ),
        *(
            b"Connection: Upgrade",
            b"Upgrade: websocket",
            b"Sec-WebSocket-Version: 13",
            b"Sec-WebSocket-Key: x",
        ),
        *(
            b"Cookie: carelay_session=\xff",
            b"Cookie: ;=;\x80",
            b"Authorization: Bearer a.b.c",
            b"Origin: \xc3\x28",
        ),
        *(
            b"X-Forwarded-For: " + b"a" * 65,
            b"X-Forwarded-For: \xff",
            b"X: " + b"a" * 9000,
            b"Connection: close",
        ),
    ]
)
NOISE = st.binary(min_size=1, max_size=6) | st.sampled_from(
    [b"\r\n", b"\n", b"\0", b" ", b":", b"5\r\nhello\r\n0\r\n\r\n"]
)


@st.composite
def any_bytes(draw: st.DrawFn) -> bytes:
    """Half of it nearly HTTP, the other half with noise in it."""
    lines = [b"Host: a", *draw(st.lists(LINES, max_size=4)), MARK.encode() + b": a"]
    head = (
        draw(METHODS) + b" " + draw(TARGETS) + b" HTTP/1.1\r\n" + b"\r\n".join(lines) + b"\r\n\r\n"
    )
    request = head + draw(st.just(b"") | st.just(b"hello") | NOISE)
    if draw(st.booleans()):
        at = draw(st.integers(0, len(request)))
        request = request[:at] + draw(NOISE) + request[at:]
    return request


async def test_any_bytes_are_answered_or_left_alone(
    site: Site, caplog: pytest.LogCaptureFixture
) -> None:
    wire = Wire(site)

    @same_each_run
    @given(any_bytes())
    def check(request: bytes) -> None:
        wire.check(request, repeats=False)

    await in_a_thread(check, caplog)
    assert caplog.text == ""


# --- requests of people


TEXT = st.text(max_size=20) | st.sampled_from(
    ["\0", "\ud800", "a\n", "x" * 129, "../..", "%00", "none", MARK, "é" * 65]
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | TEXT,
    lambda inner: st.lists(inner, max_size=3),
    max_leaves=5,
)


def body_of(kind: type[msgspec.Struct]) -> st.SearchStrategy[dict[str, Any]]:
    """Objects of nearly the right shape."""
    fields = {field.name: JSON for field in msgspec.structs.fields(kind)}
    return st.fixed_dictionaries({}, optional={**fields, MARK: JSON})


@st.composite
def requests(draw: st.DrawFn, headers: dict[str, dict[str, str]]) -> bytes:
    """A request to any route by anybody, with anything in it."""
    route: Route = draw(st.sampled_from(ROUTES))
    path = route.path
    for parameter in endpoint(route).path:
        path = path.replace(f"{{{parameter.name}}}", _escaped(draw(TEXT)) or "x")
    query = "&".join(
        f"{parameter.name}={_escaped(draw(TEXT))}" for parameter in endpoint(route).query
    )
    who = draw(st.sampled_from(sorted(headers)))
    lines = {**headers[who], "Host": "a", "Connection": "close", "User-Agent": MARK, **draw(EXTRA)}
    body = b""
    if endpoint(route).body is not None or draw(st.booleans()):
        kind = endpoint(route).body
        raw = json.dumps(draw(body_of(kind) if kind else JSON)).encode()
        body = draw(st.just(raw) | st.just(raw[:-1]) | st.just(b"[" * 5000) | st.binary(max_size=9))
        lines |= {"Content-Type": "application/json", "Content-Length": str(len(body))}
    head = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
    return (
        f"{route.method} {path}?{query} HTTP/1.1\r\n{head}\r\n".encode("latin-1", "replace") + body
    )


EXTRA = st.dictionaries(
    st.sampled_from(
        [
            "X-Forwarded-For",
            "X-Forwarded-Proto",
            "If-None-Match",
            "Range",
            "Accept",
            "Sec-Fetch-Site",
        ]
    ),
    TEXT.map(lambda text: "".join(letter for letter in text if letter.isprintable())),
    max_size=2,
)


def _escaped(text: str) -> str:
    return "".join(f"%{byte:02x}" for byte in text.encode(errors="surrogatepass"))


async def test_any_request_of_anybody_is_answered_in_the_one_shape(
    site: Site, caplog: pytest.LogCaptureFixture
) -> None:
    roles: tuple[Role, ...] = get_args(Role)
    headers: dict[str, dict[str, str]] = {role: await site.headers(role) for role in roles}
    headers["nobody"] = {}
    wire = Wire(site)

    @same_each_run
    @given(requests({who: {**lines, "Origin": "http://a"} for who, lines in headers.items()}))
    def check(request: bytes) -> None:
        wire.check(request, repeats=True)

    await in_a_thread(check, caplog)
    assert caplog.text == ""


# --- messages


def said(kind: type[msgspec.Struct]) -> st.SearchStrategy[bytes]:
    """A message of that type, nearly."""
    tag = {"type": kind.__struct_config__.tag}
    return body_of(kind).map(lambda fields: json.dumps({**tag, **fields}).encode())


MESSAGES = st.one_of(
    st.binary(max_size=30),
    JSON.map(lambda value: json.dumps(value).encode()),
    st.sampled_from([b"[" * 30_000, b'{"a":' * 10_000, b'"\\ud800"', b'{"type":"\\u0000"}']),
    *(said(kind) for kind in get_args(ClientMessage)),
)


async def test_any_message_is_answered_and_closes_nothing_but_its_own_socket(
    site: Site, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("signaling.websocket.conversation.MESSAGES", (1e9, 1e9))
    monkeypatch.setattr("signaling.websocket.conversation.FAULTS", (1e9, 1e9))
    caplog.set_level(logging.INFO)
    examples: list[bytes] = []

    @same_each_run
    @given(MESSAGES)
    def collect(message: bytes) -> None:
        examples.append(message)

    collect()
    url = f"{TELEMEDICINE}/ws/provider"
    async with site.client.ws_connect(url, headers=await site.headers("provider")) as ws:
        assert (await ws.receive_json())["type"] == "welcome"
        for example in examples:
            await ws.send_bytes(example)
            await ws.send_json({"type": "answer", "room_id": "end-of-example", "sdp": "v=0"})
            while (reply := await ws.receive_json())["code"] != "unexpected_answer":
                assert reply["code"] != "internal_error", example
    assert caplog.text == ""
