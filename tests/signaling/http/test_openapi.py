"""The OpenAPI document: valid, complete, and of the running code."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import msgspec
from openapi_spec_validator import OpenAPIV31SpecValidator

from signaling.http.openapi import document
from signaling.websocket.messages import ClientMessage, ServerMessage
from tests.signaling.conftest import Site, configuration, open_site

METHODS = {"GET", "POST", "PUT", "DELETE"}


def references(value: Any) -> Iterator[str]:
    """Every $ref in a document."""
    if isinstance(value, dict):
        for key, inner in value.items():
            if key == "$ref":
                yield inner
            yield from references(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from references(inner)


def test_the_document_is_valid_openapi() -> None:
    OpenAPIV31SpecValidator(document()).validate()


def test_every_reference_leads_somewhere() -> None:
    described = document()
    names = {f"#/components/schemas/{name}" for name in described["components"]["schemas"]}
    assert set(references(described)) <= names


async def test_it_has_every_route_of_the_application_and_no_other(tmp_path: Path) -> None:
    async with open_site(configuration(tmp_path)) as site:
        served = {
            (route.method, route.resource.canonical)
            for route in site.client.app.router.routes()
            if route.resource is not None and route.method in METHODS
        }
    described = {
        (method.upper(), path) for path, item in document()["paths"].items() for method in item
    }
    assert described == served


def test_every_message_of_the_websocket_is_a_component() -> None:
    schemas = document()["components"]["schemas"]
    for union, name in ((ClientMessage, "ClientMessage"), (ServerMessage, "ServerMessage")):
        for message in get_args(union):
            assert message.__name__ in schemas
        assert len(schemas[name]["anyOf"]) == len(get_args(union))
        assert schemas[name]["discriminator"]["propertyName"] == "type"


def test_operations_have_names_of_their_own_and_a_summary() -> None:
    operations = [operation for item in document()["paths"].values() for operation in item.values()]
    assert len({operation["operationId"] for operation in operations}) == len(operations)
    assert all(operation["summary"] for operation in operations)


async def test_an_error_on_the_wire_is_the_problem_of_the_document(site: Site) -> None:
    schema = document()["components"]["schemas"]["Problem"]
    async with site.client.get("/nothing") as response:
        problem = await site.problem(response)
    assert set(schema["required"]) <= set(problem) <= set(schema["properties"])


def test_the_module_prints_it() -> None:
    command = [sys.executable, "-m", "signaling.http.openapi"]
    printed = subprocess.run(command, capture_output=True, check=True, timeout=60).stdout
    assert msgspec.json.decode(printed) == json.loads(json.dumps(document()))
