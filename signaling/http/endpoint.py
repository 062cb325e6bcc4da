"""How plain typed functions become HTTP endpoints; kernel/routes.py says what they look like."""

import asyncio
import inspect
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, get_type_hints

import msgspec
from aiohttp import web

from signaling.http.problem import TooSlow, WrongContent
from signaling.kernel.errors import DomainError, Invalid, Malformed, SignInRequired
from signaling.kernel.limits import Kind
from signaling.kernel.network import household
from signaling.kernel.resources import Resource
from signaling.kernel.routes import Context, Handler, Route, Visitor
from signaling.services import SERVICES

MAX_BODY_BYTES = 64 * 1024
BODY_SECONDS = 10.0
HANDLER_SECONDS = 30.0  # longer than any database time-out below it


@dataclass(frozen=True)
class Endpoint:
    """A handler as its signature tells it."""

    handler: Handler
    kind: Kind | None
    """What it counts as; none: it is not counted here."""
    needs_sign_in: bool
    body: type[msgspec.Struct] | None
    query: tuple[str, ...]
    path: tuple[str, ...]
    returns: Any

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Authenticate, read, call, answer."""
        visitor = await self._visitor(request)
        self._require_moderation(visitor)
        arguments = await self._arguments(request)
        if self.returns is web.StreamResponse:  # media and sockets last as long as they last
            answer = await self.handler(visitor, **arguments)
        else:
            async with asyncio.timeout(HANDLER_SECONDS):
                answer = await self.handler(visitor, **arguments)
        return _response(answer, visitor.response_headers)

    async def _visitor(self, request: web.Request) -> Visitor:
        services = request.app[SERVICES]
        if not self.needs_sign_in:
            return Visitor(request)
        signed_in = await services.sign_in.of_request(request)
        if signed_in is None:
            raise SignInRequired("sign_in_required")
        return Context(request, signed_in=signed_in)

    def _require_moderation(self, visitor: Visitor) -> None:
        if self.kind is None:
            return
        services = visitor.request.app[SERVICES]
        if isinstance(visitor, Context):
            services.limits.require(self.kind, visitor.actor.user_id)
        else:
            place = household(services.sign_in.address(visitor.request) or "")
            services.limits.require(self.kind, place)

    async def _arguments(self, request: web.Request) -> dict[str, object]:
        arguments: dict[str, object] = {name: request.match_info[name] for name in self.path}
        arguments |= {name: request.query.get(name) for name in self.query}
        if self.body is not None:
            arguments["body"] = await read_json(request, self.body)
        elif request.body_exists:
            _require_json(request)
        return arguments


def endpoint(route: Route) -> Endpoint:
    """Reads the handler's signature, once."""
    handler = route.handler
    hints = get_type_hints(handler)
    first, *others = inspect.signature(handler).parameters.values()
    return Endpoint(
        handler=handler,
        kind=route.kind,
        needs_sign_in=hints[first.name] is Context,
        body=hints.get("body"),
        query=tuple(p.name for p in others if p.default is not p.empty),
        path=tuple(p.name for p in others if p.default is p.empty and p.name != "body"),
        returns=hints["return"],
    )


async def read_json(request: web.Request, kind: type[msgspec.Struct]) -> msgspec.Struct:
    """The body as `kind`. Raises Malformed, TooSlow, WrongContent or Invalid, which names the field."""
    _require_json(request)
    try:
        async with asyncio.timeout(BODY_SECONDS):
            raw = await request.read()
    except TimeoutError:
        raise TooSlow("body_timeout") from None
    try:
        return msgspec.json.decode(raw, type=kind)
    except msgspec.ValidationError as error:
        raise _invalid(error) from None
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
        raise Malformed("invalid_json", reason="body", problem=str(error)) from None


def _require_json(request: web.Request) -> None:
    if request.content_type != "application/json" or "Content-Encoding" in request.headers:
        raise WrongContent("unsupported_media_type", reason="body")


def _invalid(error: msgspec.ValidationError) -> DomainError:
    problem, _, path = str(error).replace("`", "'").partition(" - at ")
    if not path:
        return Invalid("invalid_body", problem=problem)
    return Invalid("invalid_body", reason="field", field=path.strip("'").removeprefix("$."), problem=problem)


def _response(answer: object, headers: Mapping[str, str]) -> web.StreamResponse:
    if isinstance(answer, web.StreamResponse):
        return answer
    if answer is None:
        return web.Response(status=204, headers=headers)
    assert isinstance(answer, Resource)  # noqa: S101  a handler that returns anything else is a bug of ours
    return web.Response(body=msgspec.json.encode(answer), content_type="application/json", headers=headers)
