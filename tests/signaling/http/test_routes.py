"""What stands beside each handler is true: who is answered, what is counted, which errors,
which audit row.
"""

import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal, get_args

import pytest

from signaling.http.endpoint import Parameter, endpoint
from signaling.http.openapi import document
from signaling.http.routes import ROUTES
from signaling.kernel.errors import Invalid
from signaling.kernel.messages import RoomId
from signaling.kernel.permissions import ALLOWED
from signaling.kernel.routes import Context, Route, Routes
from signaling.kernel.words import CallStatus, Role
from signaling.problems import TEXTS
from tests.signaling.conftest import Site

SOURCES = Path(__file__).parents[3] / "signaling"
BY_ROLE = [route for route in ROUTES if route.access in ALLOWED]


def named(route: Route) -> str:
    return f"{route.method} {route.path}"


@pytest.mark.parametrize("route", ROUTES, ids=named)
def test_what_is_open_to_anybody_says_so(route: Route) -> None:
    assert (route.access == "anybody") == (not endpoint(route).needs_sign_in)


@pytest.mark.parametrize("role", get_args(Role))
async def test_a_route_for_some_roles_refuses_all_others(site: Site, role: Role) -> None:
    headers = await site.headers(role)
    assert len(BY_ROLE) == 95
    for route in BY_ROLE:
        path = re.sub(r"{\w+}", "none", route.path)
        async with site.client.request(route.method, path, headers=headers) as response:
            refused = (
                response.status == 403 and (await site.problem(response))["code"] == "forbidden"
            )
            action = endpoint(route).by_role
            assert action is not None
            assert refused == (role not in ALLOWED[action]), path


def test_every_error_that_a_route_tells_of_has_a_text() -> None:
    assert {code for route in ROUTES for code in endpoint(route).codes()} <= set(TEXTS)


def test_every_audit_action_of_a_route_is_written_somewhere() -> None:
    routes = {path for path in SOURCES.rglob("*.py") if "Routes(" in path.read_text()}
    written = "".join(path.read_text() for path in SOURCES.rglob("*.py") if path not in routes)
    ends = {f"call.{status}" for status in get_args(CallStatus)}  # put together in calls/ledger.py
    for route in ROUTES:
        assert route.audit in {None, *ends} or f'"{route.audit}"' in written, route.audit


async def details(
    context: Context,
    room_id: RoomId,
    count: int,
    newest: bool = False,
    at: datetime | None = None,
    kind: Literal["call", "recording"] = "call",
) -> None:
    """All kinds of parameters."""


def test_a_parameter_is_read_as_the_type_that_the_signature_says() -> None:
    routes = Routes("tests")
    routes.get("/rooms/{room_id}", access="call.list")(details)
    [route] = routes
    called = endpoint(route)
    assert [parameter.name for parameter in called.path] == ["room_id"]
    values = {"count": "3", "newest": "true", "at": "2026-03-02T09:00:00Z", "kind": "recording"}
    read: dict[str, object] = {}
    for parameter in called.query:
        read |= parameter.read(values)
    at = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
    assert read == {"count": 3, "newest": True, "at": at, "kind": "recording"}
    optional = [parameter for parameter in called.query if parameter.name != "count"]
    assert [parameter.read({}) for parameter in optional] == [{}, {}, {}], "the default stands"


@pytest.mark.parametrize(
    ("name", "kind", "value"),
    [
        ("count", int, "three"),
        ("count", int, None),
        ("newest", bool, "perhaps"),
        ("at", datetime | None, "yesterday"),
        ("kind", Literal["call", "recording"], "patient"),
        ("room_id", RoomId, "../secret"),
    ],
)
def test_a_parameter_that_is_not_of_its_type_is_named(
    name: str, kind: Any, value: str | None
) -> None:
    with pytest.raises(Invalid, match=f"invalid_parameter parameter='{name}'"):
        Parameter(name, kind, required=True).read({} if value is None else {name: value})


def test_the_document_lists_access_errors_and_audit_of_each_route() -> None:
    described = document()["paths"]["/api/v1/telemedicine/call/initiate"]["post"]
    assert (described["x-access"], described["x-audit"]) == ("call.initiate", "call.initiated")
    content = described["responses"]["default"]["content"]["application/problem+json"]
    codes = content["schema"]["allOf"][1]["properties"]["code"]["enum"]
    assert {"patient_busy", "forbidden", "sign_in_required"} <= set(codes)
    assert {"invalid_body", "too_many_requests"} <= set(codes)
    assert "unknown_room" not in codes
