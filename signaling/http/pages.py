"""The pages: one index.html for every address the single-page application knows, and its files."""

import asyncio
import mimetypes
import re
from pathlib import Path

from aiohttp import web

from signaling.config import Config
from signaling.kernel.errors import Unavailable
from signaling.kernel.routes import Reply, Routes, Visitor

IMMUTABLE = "public, max-age=31536000, immutable"  # assets' names carry a hash of their content
REVALIDATE = "no-cache"
NAME = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._-]{0,127}")
"""What the build gives; nothing else reaches the file system."""
SCOPES = {
    re.compile(r"conduit-[A-Za-z0-9_-]+\.js"): "/recordings/",
    re.compile(r"bellworker-[A-Za-z0-9_-]+\.js"): "/",
}
"""The service workers of the pages, and how far each may reach: the one that opens sealed
recordings, those pages alone; the one that rings while no page is open, which answers no request.
"""
BLURRING = re.compile(r"blurworker-[A-Za-z0-9_-]+\.js")
BLURRING_POLICY = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'"
"""The one worker that may compile WebAssembly; no page may."""
CONDITIONS = ("Range", "If-Range", "If-Match", "If-Unmodified-Since")

ADDRESSES = (
    "/",
    "/login",
    "/room/{room_id}",
    "/history",
    "/calendar",
    "/appointments",
    "/consents",
    "/my-recordings",
    "/recordings",
    "/recordings/{recording_id}",
    "/requests",
    "/access",
    "/emergency/{room_id}",
    "/audit",
    "/people",
    "/people/{user_id}",
    "/invitation",
    "/join",
    "/ops",
)
routes = Routes("pages")

PAGE = {200: Reply("The content.", media_types=("text/html",))}
FILE = {200: Reply("The content.", media_types=("application/octet-stream",))}


async def page(visitor: Visitor) -> web.StreamResponse:
    """The application; it reads the rest of the address itself."""
    pages_path = visitor.the(Config).pages_path
    index = pages_path / "index.html"
    if not index.is_file():
        raise Unavailable("pages_not_built", path=str(index))
    return await _file(visitor, pages_path, index.name, REVALIDATE)


for address in ADDRESSES:
    routes.get(address, access="anybody", errors=("pages_not_built",), replies=PAGE)(page)


def not_found(request: web.Request, pages_path: Path) -> web.Response | None:
    """For who typed an address or followed a link to it: the application, which says so in words
    and leads back.

    None for a program that asks for data, and where the pages were not built.
    """
    index = pages_path / "index.html"
    accepts = request.method in ("GET", "HEAD") and "text/html" in request.headers.get("Accept", "")
    if not accepts or request.path.startswith("/api/") or not index.is_file():
        return None
    return web.Response(
        status=404, body=index.read_bytes(), content_type="text/html", charset="utf-8"
    )


@routes.get("/assets/{name}", access="anybody", errors=("not_found",), replies=FILE)
async def asset(visitor: Visitor, name: str) -> web.StreamResponse:
    """A script, style, font or picture of the pages."""
    response = await _file(visitor, visitor.the(Config).pages_path / "assets", name, IMMUTABLE)
    for script, scope in SCOPES.items():
        if script.fullmatch(name):
            response.headers["Service-Worker-Allowed"] = scope
    if BLURRING.fullmatch(name):
        response.headers["Content-Security-Policy"] = BLURRING_POLICY
    return response


@routes.get("/{name}", access="anybody", errors=("not_found",), replies=FILE)
async def root_file(visitor: Visitor, name: str) -> web.StreamResponse:
    """A file beside index.html, such as the icon."""
    return await _file(visitor, visitor.the(Config).pages_path, name, REVALIDATE)


async def _file(visitor: Visitor, folder: Path, name: str, caching: str) -> web.StreamResponse:
    request, path = visitor.the(web.Request), folder / name
    if not NAME.fullmatch(name) or not path.is_file():
        raise web.HTTPNotFound
    # The build put a .br and a .gz beside most files; aiohttp sends what the browser accepts.
    headers = {"Cache-Control": caching, "Vary": "Accept-Encoding"}
    # No browser asks for parts of a script.
    if any(condition in request.headers for condition in CONDITIONS):
        kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
        body = await asyncio.to_thread(path.read_bytes)
        return web.Response(body=body, content_type=kind, headers=headers)
    return web.FileResponse(path, headers=headers)
