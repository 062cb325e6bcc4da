"""How plain typed functions become HTTP endpoints; kernel/routes.py says what they look like."""

import asyncio
import inspect
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Annotated, Any, get_args, get_origin, get_type_hints

import msgspec
from aiohttp import web
from multidict import CIMultiDict, MultiMapping

from signaling.http import origin, upload
from signaling.http.content import send, send_stream
from signaling.http.parts import PARTS, SERVICES
from signaling.http.problem import TooSlow, WrongContent
from signaling.kernel.content import Content, Stream
from signaling.kernel.errors import (
    DomainError,
    Invalid,
    Malformed,
    NotAllowed,
    SignInRequired,
)
from signaling.kernel.limits import Limits
from signaling.kernel.network import household
from signaling.kernel.permissions import Action, require
from signaling.kernel.resources import Resource
from signaling.kernel.routes import SIGN_IN_ERRORS, Context, Route, Visitor

JSON = {"application/json", "application/fhir+json"}
MAX_BODY_BYTES = 64 * 1024
BODY_SECONDS = 10.0
HANDLER_SECONDS = 30.0  # longer than any database time-out below it


_DATABASE = ("database_unavailable", "storage_error")
_ALWAYS = (
    *_DATABASE,
    "timeout",
    "internal_error",
    "bad_request",
    "unsupported_media_type",
    "content_too_large",
)
_FILE = ("invalid_body", "invalid_parameter", "body_timeout")
_BODY = ("invalid_json", "invalid_body", "body_timeout")


@dataclass(frozen=True)
class Parameter:
    """A value in the path or the query."""

    name: str
    kind: Any
    """Its type."""
    required: bool

    def read(self, values: Mapping[str, str]) -> dict[str, object]:
        """The value by its name, or all of a parameter that can be given several times, or nothing.

        Raises Invalid, which names the parameter.
        """
        if self.name not in values:
            if self.required:
                raise Invalid("invalid_parameter", parameter=self.name, problem="It is missing")
            return {}
        given: object = values[self.name]
        if isinstance(values, MultiMapping) and _is_several(self.kind):
            given = values.getall(self.name)
        try:
            return {self.name: msgspec.convert(given, self.kind, strict=False)}
        except msgspec.ValidationError as error:
            problem = str(error).replace("`", "'")
            raise Invalid("invalid_parameter", parameter=self.name, problem=problem) from None


@dataclass(frozen=True)
class Endpoint:
    """A route's handler as its signature tells it."""

    route: Route
    needs_sign_in: bool
    body: type[msgspec.Struct] | None
    query: tuple[Parameter, ...]
    gathered: type[msgspec.Struct] | None
    """What of the query the handler takes as one value, `asked`: each of its fields is one of
    `query`.
    """
    path: tuple[Parameter, ...]
    returns: Any
    takes_file: bool = False
    """Its body is a file, `upload`."""

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Authenticate, read, call, answer."""
        visitor = await self._visitor(request)
        self._require_moderation(visitor, request.app[SERVICES].limits)
        await self._require_access(request, visitor)
        try:
            return await self._answer(request, visitor)
        except NotAllowed as error:
            if isinstance(visitor, Context) and not self.route.of_recordings:
                await self._note(request, visitor, error)
            raise

    async def _answer(self, request: web.Request, visitor: Visitor) -> web.StreamResponse:
        arguments = await self._arguments(request)
        handler = self.route.handler
        if self.returns is web.StreamResponse:  # a socket lasts as long as it lasts
            answer = await handler(visitor, **arguments)
        else:
            seconds = upload.SECONDS if self.takes_file else HANDLER_SECONDS
            async with asyncio.timeout(seconds):
                answer = await handler(visitor, **arguments)
        if isinstance(answer, Content):  # and so do media
            return await send(request, answer)
        if isinstance(answer, Stream):
            return await send_stream(request, answer)
        return _response(answer, visitor.cookies)

    @property
    def by_role(self) -> Action | None:
        """What a role may do here or not; none if roles do not decide it."""
        match self.route.access:
            case "anybody" | "signed_in" | "party":
                return None
            case action:
                return action

    def codes(self) -> list[str]:
        """Those of all errors that may be answered."""
        codes = {*_ALWAYS, *self.route.errors}
        if self.needs_sign_in:
            codes.update(SIGN_IN_ERRORS)
        if self.by_role or (self.needs_sign_in and not self.route.guests):
            codes.add("forbidden")
        if self.route.counts:
            codes.add("too_many_requests")
        if self.body is not None:
            codes.update(_BODY)
        if self.takes_file:
            codes.update(_FILE)
        if self.query or self.path:
            codes.add("invalid_parameter")
        return sorted(codes)

    async def _visitor(self, request: web.Request) -> Visitor:
        services = request.app[SERVICES]
        asked = origin.read(request, services.config.server)
        of_server = request.app[PARTS]
        parts: Mapping[type, object] = {**of_server, web.Request: request}
        known = asked, services.clock, parts
        if not self.needs_sign_in:
            return Visitor(*known)
        authenticated = await services.authentication.of_request(asked)
        if authenticated is None:
            raise SignInRequired("sign_in_required")
        return Context(*known, authenticated=authenticated)

    def _require_moderation(self, visitor: Visitor, limits: Limits) -> None:
        counts = self.route.counts
        if counts is None:
            return
        if isinstance(visitor, Context):
            limits.require(counts, visitor.actor.user_id)
        else:
            limits.require(counts, household(visitor.request.address or ""))

    async def _require_access(self, request: web.Request, visitor: Visitor) -> None:
        """Before anything else of the request is read: what is wrong with it is nothing to whoever
        may not ask, and no reason for them not to be in the log.
        """
        if not isinstance(visitor, Context):
            return
        if visitor.actor.guest and not self.route.guests:
            error = NotAllowed("forbidden", reason="guest")
            await self._note(request, visitor, error)
            raise error
        if self.by_role is None:
            return
        try:
            require(visitor.actor, self.by_role)
        except NotAllowed as error:
            if self.route.of_recordings:
                named = request.match_info.get("recording_id")
                denials = request.app[SERVICES].denials
                await denials.note_recording(visitor.actor, self.by_role, named)
            else:
                await self._note(request, visitor, error)
            raise

    async def _note(self, request: web.Request, visitor: Context, error: NotAllowed) -> None:
        asked = f"{self.route.method} {self.route.path}"
        await request.app[SERVICES].denials.note(visitor.actor, error, asked)

    async def _arguments(self, request: web.Request) -> dict[str, object]:
        arguments: dict[str, object] = {}
        for parameter in self.path:
            arguments |= parameter.read(request.match_info)
        for parameter in self.query:
            arguments |= parameter.read(request.query)
        if self.gathered is not None:
            asked = {
                field.name: arguments.pop(field.encode_name)
                for field in msgspec.structs.fields(self.gathered)
                if field.encode_name in arguments
            }
            arguments["asked"] = self.gathered(**asked)
        if self.body is not None:
            arguments["body"] = await read_json(request, self.body)
        elif self.takes_file:
            arguments["upload"] = upload.read(request)
        elif request.body_exists:
            _require_json(request)
        return arguments


@cache
def endpoint(route: Route) -> Endpoint:
    """Reads the handler's signature, once."""
    hints = get_type_hints(route.handler, include_extras=True)
    first, *others = inspect.signature(route.handler).parameters.values()
    in_path = re.findall(r"{(\w+)}", route.path)
    parameters = [
        Parameter(p.name, hints[p.name], p.default is p.empty)
        for p in others
        if p.name not in {"body", "asked", "upload"}
    ]
    gathered = hints.get("asked")
    if gathered is not None:
        of_each = get_type_hints(gathered, include_extras=True)
        parameters += [
            Parameter(field.encode_name, of_each[field.name], field.required)
            for field in msgspec.structs.fields(gathered)
        ]
    return Endpoint(
        route=route,
        needs_sign_in=hints[first.name] is Context,
        body=hints.get("body"),
        query=tuple(parameter for parameter in parameters if parameter.name not in in_path),
        gathered=gathered,
        path=tuple(parameter for parameter in parameters if parameter.name in in_path),
        returns=hints["return"],
        takes_file="upload" in hints,
    )


def _is_several(kind: Any) -> bool:
    while get_origin(kind) is Annotated:
        kind = get_args(kind)[0]
    return get_origin(kind) is tuple


async def read_json(request: web.Request, kind: type[msgspec.Struct]) -> msgspec.Struct:
    """The body as `kind`.

    Raises Malformed, TooSlow, WrongContent or Invalid, which names the field.
    """
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
    if request.content_type not in JSON or "Content-Encoding" in request.headers:
        raise WrongContent("unsupported_media_type", reason="body")


def _invalid(error: msgspec.ValidationError) -> DomainError:
    problem, _, path = str(error).replace("`", "'").partition(" - at ")
    if not path:
        return Invalid("invalid_body", problem=problem)
    return Invalid(
        "invalid_body", reason="field", field=path.strip("'").removeprefix("$."), problem=problem
    )


def _response(answer: object, cookies: Sequence[str]) -> web.StreamResponse:
    if isinstance(answer, web.StreamResponse):
        return answer
    headers = CIMultiDict(("Set-Cookie", cookie) for cookie in cookies)
    if answer is None:
        return web.Response(status=204, headers=headers)
    # A handler that returns anything else is a bug of ours.
    assert isinstance(answer, Resource)  # noqa: S101
    return web.Response(
        body=msgspec.json.encode(answer), content_type="application/json", headers=headers
    )
