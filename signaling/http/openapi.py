"""The OpenAPI 3.1 document, made from the route table and the types:
`python -m signaling.http.openapi` prints it.

The WebSocket's messages are components, too, so that one generator makes all TypeScript types.
"""

import inspect
import json
import re
import sys
from collections.abc import Iterator
from importlib.metadata import version
from typing import Any

import msgspec

from signaling.http import upload
from signaling.http.endpoint import Endpoint, endpoint
from signaling.http.problem import Problem
from signaling.http.routes import ROUTES
from signaling.identity import cookies
from signaling.kernel.resources import Resource
from signaling.kernel.routes import Reply, Route
from signaling.problems import TEXTS
from signaling.websocket.messages import ClientMessage, ServerMessage

Json = dict[str, Any]
TEMPLATE = "#/components/schemas/{name}"


def document() -> Json:
    """The document as JSON values."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "carelay",
            "version": version("carelay"),
            "description": (
                "Video consultations for clinics. PROTOCOL.md tells how the WebSocket is used."
            ),
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "paths": _paths(),
        "components": {"schemas": _schemas(), "securitySchemes": _security_schemes()},
    }


def _paths() -> Json:
    paths: Json = {}
    for route in ROUTES:
        paths.setdefault(route.path, {})[route.method.lower()] = _operation(route)
    return paths


def _operation(route: Route) -> Json:
    called = endpoint(route)
    operation: Json = {
        "operationId": _operation_id(route),
        "summary": _paragraphs(inspect.getdoc(route.handler) or "")[0],
        "tags": [route.tag],
        "parameters": list(_parameters(called)),
        "responses": {**_replies(called), "default": _problem(called)},
        "security": [{"cookie": []}, {"bearer": []}] if called.needs_sign_in else [],
        "x-access": route.access,
    }
    if route.audit:
        operation["x-audit"] = route.audit
    if called.takes_file:
        operation["requestBody"] = {"required": True, "content": {upload.MEDIA_TYPE: {}}}
    if called.body is not None:
        operation["requestBody"] = {
            "required": True,
            "content": {"application/json": _schema(called.body)},
        }
    return operation


def _paragraphs(docstring: str) -> list[str]:
    """Each in one line, however the source is wrapped."""
    return [" ".join(part.split()) for part in re.split(r"\n\s*\n", docstring)]


def _operation_id(route: Route) -> str:
    """The handler's name; where it answers at several addresses, those tell it apart."""
    name = str(route.handler.__name__)
    if sum(other.handler is route.handler for other in ROUTES) == 1:
        return name
    suffix = re.sub(r"\W+", "_", route.path).strip("_") or "start"
    return f"{name}_{suffix}"


def _parameters(called: Endpoint) -> Iterator[Json]:
    kinds = {parameter.name: parameter.kind for parameter in called.path}
    for name in re.findall(r"{(\w+)}", called.route.path):
        schema = _plain(kinds.get(name, str))
        yield {"name": name, "in": "path", "required": True, "schema": schema}
    if called.takes_file:
        yield {"name": upload.NAME, "in": "header", "required": True, "schema": {"type": "string"}}
    for parameter in called.query:
        schema = _plain(parameter.kind)
        yield {
            "name": parameter.name,
            "in": "query",
            "required": parameter.required,
            "schema": schema,
        }


def _plain(kind: Any) -> Json:
    """Of a parameter; what is not there is not null."""
    schema = msgspec.json.schema(kind)
    options = [option for option in schema.get("anyOf", [schema]) if option != {"type": "null"}]
    return options[0] if len(options) == 1 else {"anyOf": options}


def _replies(called: Endpoint) -> Json:
    if called.route.replies:
        return {str(status): _reply(reply) for status, reply in called.route.replies.items()}
    if called.returns is type(None):
        return {"204": {"description": "Done."}}
    return {"200": _reply(Reply("Done.", body=called.returns))}


def _reply(reply: Reply) -> Json:
    described: Json = {"description": reply.description}
    if reply.body is not None:
        described["content"] = {"application/json": _schema(reply.body)}
    if reply.media_types:
        described["content"] = {media_type: {} for media_type in reply.media_types}
    return described


def _schema(kind: type[msgspec.Struct]) -> Json:
    return {"schema": {"$ref": TEMPLATE.format(name=kind.__name__)}}


def _problem(called: Endpoint) -> Json:
    codes = {"type": "object", "properties": {"code": {"enum": called.codes()}}}
    schema = {"allOf": [_schema(Problem)["schema"], codes]}
    content = {"application/problem+json": {"schema": schema}}
    return {"description": "What went wrong (RFC 9457).", "content": content}


def _schemas() -> Json:
    unions = {"ClientMessage": ClientMessage, "ServerMessage": ServerMessage}
    (client, server), components = msgspec.json.schema_components(
        [*unions.values()], ref_template=TEMPLATE
    )
    _, resources = msgspec.json.schema_components([*_resources()], ref_template=TEMPLATE)
    described = {**components, **resources}
    for schema in described.values():
        if "description" in schema:
            schema["description"] = "\n\n".join(_paragraphs(schema["description"]))
    codes = {"title": "ErrorCode", "enum": sorted(TEXTS)}
    return {
        **described,
        "ClientMessage": client,
        "ServerMessage": server,
        "ErrorCode": codes,
    }


def _resources() -> Iterator[type[msgspec.Struct]]:
    yield Problem
    for route in ROUTES:
        called = endpoint(route)
        if called.body is not None:
            yield called.body
        if isinstance(called.returns, type) and issubclass(called.returns, Resource):
            yield called.returns
        yield from (reply.body for reply in route.replies.values() if reply.body is not None)


def _security_schemes() -> Json:
    return {
        "cookie": {
            "type": "apiKey",
            "in": "cookie",
            "name": cookies.SESSION.guarded,
            "description": f"`{cookies.SESSION.plain}` where the page came over http.",
        },
        "bearer": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"},
    }


if __name__ == "__main__":
    json.dump(document(), sys.stdout, indent=2)
    sys.stdout.write("\n")
