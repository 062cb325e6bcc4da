"""The single-page application and its files."""

import gzip
import re
from pathlib import Path

import aiohttp
import pytest
from yarl import URL

from tests.signaling.conftest import Site, configuration, open_site

APPLICATION = Path(__file__).parents[3] / "web" / "src" / "app"
ADDRESS = re.compile(r'(?:\bpath[:=] |\bpath=|ROOM = )"(/[^"*]*)"')


def addresses() -> list[str]:
    """Those at which the application has a page, each with somebody's or something's id."""
    sources = [(APPLICATION / name).read_text() for name in ("App.tsx", "Inside.tsx")]
    found = [address for source in sources for address in ADDRESS.findall(source)]
    return [re.sub(r":\w+", "abc", address) for address in found]


def test_there_are_addresses_of_pages() -> None:
    assert {"/", "/login", "/room/abc", "/recordings/abc", "/audit"} <= set(addresses())


@pytest.mark.parametrize("path", [*addresses(), "/room/abc?x=1"])
async def test_the_application_is_delivered_at_every_address_it_knows(
    site: Site, path: str
) -> None:
    async with site.client.get(path) as response:
        assert response.status == 200
        assert response.content_type == "text/html"
        assert response.headers["Cache-Control"] == "no-cache"
        assert "<title>carelay</title>" in await response.text()


async def test_the_service_worker_is_for_pages_of_one_recording_alone(site: Site) -> None:
    pages = site.services.config.pages_path / "assets"
    (pages / "conduit-1a2b.js").write_text("")
    for name, scope in (("conduit-1a2b.js", "/recordings/"), ("index-1a2b.js", None)):
        async with site.client.get(f"/assets/{name}") as response:
            assert response.headers.get("Service-Worker-Allowed") == scope


async def test_only_the_worker_that_blurs_may_compile_webassembly(site: Site) -> None:
    pages = site.services.config.pages_path / "assets"
    (pages / "blurworker-1a2b.js").write_text("")
    for name, allowed in (("blurworker-1a2b.js", True), ("index-1a2b.js", False)):
        async with site.client.get(f"/assets/{name}") as response:
            policy = response.headers["Content-Security-Policy"]
            assert ("'wasm-unsafe-eval'" in policy) is allowed
            assert "default-src 'none'" in policy
            assert "'unsafe-eval'" not in policy


async def test_assets_are_cached_for_ever_and_the_icon_is_not(site: Site) -> None:
    async with site.client.get("/assets/index-1a2b.js") as response:
        assert response.headers["Cache-Control"] == "public, max-age=31536000, immutable"
        assert response.content_type in {"text/javascript", "application/javascript"}
    async with site.client.get("/icon.svg") as response:
        assert (response.status, response.headers["Cache-Control"]) == (200, "no-cache")


@pytest.mark.parametrize(
    "path",
    [
        "/assets/none.js",
        "/assets/..%2findex.html",
        "/assets/..%2f..%2fkeys%2frecording.key",
        "/..%2fkeys%2frecording.key",
        "/assets",
        "/assets/",
        "/assets/%00",
        "/.hidden",
        "/room",
        "/room/a/b",
        "/admin",
        "/" + "a" * 300,
        "/assets/" + "a" * 300,
    ],
)
async def test_nothing_else_is_delivered(site: Site, path: str) -> None:
    async with site.client.get(URL(path, encoded=True)) as response:
        assert response.status == 404
        await site.problem(response)


@pytest.mark.parametrize("path", ["/nowhere", "/room/a/b", "/assets/none.html"])
async def test_a_person_at_a_mistyped_address_gets_the_page_that_says_so(
    site: Site, path: str
) -> None:
    async with site.client.get(path, headers={"Accept": "text/html,*/*;q=0.8"}) as response:
        assert (response.status, response.content_type) == (404, "text/html")
        assert "default-src 'none'" in response.headers["Content-Security-Policy"]
        assert "<title>carelay</title>" in await response.text()


async def test_the_api_answers_with_a_problem_whatever_is_accepted(site: Site) -> None:
    async with site.client.get("/api/v1/nothing", headers={"Accept": "text/html"}) as response:
        assert response.status == 404
        await site.problem(response)


async def test_pages_that_were_not_built_are_a_clear_error(tmp_path: Path) -> None:
    async with open_site(configuration(tmp_path)) as site, site.client.get("/") as response:
        assert response.status == 503
        problem = await site.problem(response)
        assert problem["code"] == "pages_not_built"
        assert "make run" in problem["detail"]


@pytest.mark.parametrize(
    ("accepted", "sent"), [("gzip, deflate, br, zstd", "br"), ("gzip", "gzip"), ("", None)]
)
async def test_an_asset_is_sent_as_the_build_compressed_it(
    site: Site, accepted: str, sent: str | None
) -> None:
    content = b"export const words = 'the same, the same, the same';\n" * 40
    path = site.services.config.pages_path / "assets" / "words-1a2b.js"
    path.write_bytes(content)
    path.with_name(path.name + ".gz").write_bytes(gzip.compress(content))
    path.with_name(path.name + ".br").write_bytes(b"brotli's octets")
    async with aiohttp.ClientSession(auto_decompress=False) as session:
        url = site.client.make_url(f"/assets/{path.name}")
        async with session.get(url, headers={"Accept-Encoding": accepted}) as response:
            assert response.headers.get("Content-Encoding") == sent
            assert response.headers["Vary"] == "Accept-Encoding"
            assert response.content_type in {"text/javascript", "application/javascript"}
            body = await response.read()
    decoded = {
        "br": lambda octets: content if octets == b"brotli's octets" else b"",
        "gzip": gzip.decompress,
    }
    assert (decoded[sent](body) if sent else body) == content
