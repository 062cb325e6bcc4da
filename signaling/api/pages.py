"""The pages: one index.html for every address the single-page application knows, and its files."""

from pathlib import Path

from aiohttp import web

from signaling.api.endpoint import Visitor
from signaling.problem import ProblemError

IMMUTABLE = "public, max-age=31536000, immutable"  # the names of assets carry a hash of their content
REVALIDATE = "no-cache"
MAX_NAME = 128  # file systems refuse longer ones with an error (255 bytes, of UTF-8 mostly)


async def page(visitor: Visitor) -> web.StreamResponse:
    """The application; it reads the rest of the address itself."""
    index = visitor.services.config.pages_path / "index.html"
    if not index.is_file():
        detail = f"There is no {index}. In a checkout `make run` builds the pages; a wheel brings them."
        raise ProblemError(503, "pages_not_built", "Pages not built", detail)
    return web.FileResponse(index, headers={"Cache-Control": REVALIDATE})


def not_found(request: web.Request, pages_path: Path) -> web.Response | None:
    """For who typed an address or followed a link to it: the application, which says so in words and leads back.

    None for a program that asks for data, and where the pages were not built.
    """
    index = pages_path / "index.html"
    visit = "text/html" in request.headers.get("Accept", "") and not request.path.startswith("/api/")
    if not visit or not index.is_file():
        return None
    return web.Response(status=404, body=index.read_bytes(), content_type="text/html", charset="utf-8")


async def asset(visitor: Visitor, name: str) -> web.StreamResponse:
    """A script, style, font or picture of the pages."""
    return _file(visitor.services.config.pages_path / "assets", name, IMMUTABLE)


async def root_file(visitor: Visitor, name: str) -> web.StreamResponse:
    """A file beside index.html, such as the icon."""
    return _file(visitor.services.config.pages_path, name, REVALIDATE)


def _file(folder: Path, name: str, caching: str) -> web.FileResponse:
    path = folder / name
    if len(name) > MAX_NAME or "/" in name or "\\" in name or name.startswith(".") or not path.is_file():
        raise web.HTTPNotFound
    return web.FileResponse(path, headers={"Cache-Control": caching})
