"""The OpenAPI 3.1 document, made from the route table and the types: `python -m signaling.http.openapi` prints it.

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
from aiohttp import web

from signaling.http.endpoint import Endpoint, endpoint
from signaling.http.problem import Problem
from signaling.http.routes import ROUTES
from signaling.identity.signin import COOKIE
from signaling.kernel.resources import Resource
from signaling.kernel.routes import Route
from signaling.ops.resources import Readiness
from signaling.websocket.messages import ClientMessage, ServerMessage

Json = dict[str, Any]
TEMPLATE = "#/components/schemas/{name}"
# What handlers that write the response themselves send.
RAW_CONTENT: dict[str, Json] = {
    "get_media": {"video/webm": {}, "audio/webm": {}},
    "download_part": {"application/octet-stream": {}},
    "metrics": {"text/plain": {}},
    "page": {"text/html": {}},
    "asset": {"application/octet-stream": {}},
    "root_file": {"application/octet-stream": {}},
}


def document() -> Json:
    """The document as JSON values."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "carelay",
            "version": version("carelay"),
            "description": "Video consultations for clinics. PROTOCOL.md tells how the WebSocket is used.",
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
        "summary": (inspect.getdoc(route.handler) or "").splitlines()[0],
        "tags": [route.tag],
        "parameters": list(_parameters(route, called)),
        "responses": {**_success(route, called), "default": _problem()},
        "security": [{"cookie": []}, {"bearer": []}] if called.needs_sign_in else [],
    }
    if called.body is not None:
        schema = {"$ref": TEMPLATE.format(name=called.body.__name__)}
        operation["requestBody"] = {"required": True, "content": {"application/json": {"schema": schema}}}
    return operation


def _operation_id(route: Route) -> str:
    """The handler's name; pages share one handler and are told apart by their path."""
    name = str(route.handler.__name__)
    suffix = re.sub(r"\W+", "_", route.path).strip("_") or "start"
    return f"{name}_{suffix}" if name == "page" else name


def _parameters(route: Route, called: Endpoint) -> Iterator[Json]:
    for name in re.findall(r"{(\w+)}", route.path):
        yield {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
    for name in called.query:
        yield {"name": name, "in": "query", "schema": {"type": "string"}}


def _success(route: Route, called: Endpoint) -> Json:
    name = route.handler.__name__
    if called.returns is type(None):
        return {"204": {"description": "Done."}}
    if name == "open_socket":
        return {"101": {"description": "The WebSocket is open; messages are ClientMessage and ServerMessage."}}
    if name == "readyz":
        content = _json("Readiness")
        return {"200": {"description": "Ready.", **content}, "503": {"description": "Not ready.", **content}}
    if called.returns is web.StreamResponse:
        return {"200": {"description": "The content.", "content": RAW_CONTENT[name]}}
    return {"200": {"description": "Done.", **_json(called.returns.__name__)}}


def _json(schema: str) -> Json:
    return {"content": {"application/json": {"schema": {"$ref": TEMPLATE.format(name=schema)}}}}


def _problem() -> Json:
    content = {"application/problem+json": {"schema": {"$ref": TEMPLATE.format(name="Problem")}}}
    return {"description": "What went wrong (RFC 9457).", "content": content}


def _schemas() -> Json:
    unions = {"ClientMessage": ClientMessage, "ServerMessage": ServerMessage}
    (client, server), components = msgspec.json.schema_components([*unions.values()], ref_template=TEMPLATE)
    _, resources = msgspec.json.schema_components([*_resources()], ref_template=TEMPLATE)
    return {**components, **resources, "ClientMessage": client, "ServerMessage": server}


def _resources() -> Iterator[type[msgspec.Struct]]:
    yield from (Problem, Readiness)
    for route in ROUTES:
        called = endpoint(route)
        if called.body is not None:
            yield called.body
        if isinstance(called.returns, type) and issubclass(called.returns, Resource):
            yield called.returns


def _security_schemes() -> Json:
    return {
        "cookie": {"type": "apiKey", "in": "cookie", "name": COOKIE},
        "bearer": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"},
    }


if __name__ == "__main__":
    json.dump(document(), sys.stdout, indent=2)
    sys.stdout.write("\n")
