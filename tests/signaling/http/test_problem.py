"""The codes of bare HTTP statuses: an API of ours, and no phrase of a Python version's."""

from http import HTTPStatus

import pytest

from signaling.http.problem import of_status

CODES = {
    400: "bad_request",
    401: "sign_in_required",
    403: "forbidden",
    404: "not_found",
    405: "method_not_allowed",
    406: "not_acceptable",
    408: "request_timeout",
    411: "length_required",
    412: "precondition_failed",
    413: "content_too_large",
    414: "uri_too_long",
    415: "unsupported_media_type",
    416: "range_not_satisfiable",
    417: "expectation_failed",
    426: "upgrade_required",
    429: "too_many_requests",
    431: "header_too_large",
    500: "internal_error",
    501: "not_implemented",
    503: "unavailable",
}


@pytest.mark.parametrize(("status", "code"), CODES.items())
def test_each_status_has_a_code_that_python_does_not_choose(
    monkeypatch: pytest.MonkeyPatch, status: int, code: str
) -> None:
    monkeypatch.setattr(HTTPStatus(status), "phrase", "Another Phrase", raising=False)
    problem = of_status(status)
    assert (problem.status, problem.code) == (status, code)
    assert problem.title
    assert problem.detail


@pytest.mark.parametrize("status", [*(s.value for s in HTTPStatus if s >= 400), 499, 599])
def test_no_status_is_without_a_problem(status: int) -> None:
    problem = of_status(status)
    assert problem.status == status
    assert problem.code in (CODES.get(status), "bad_request" if status < 500 else "internal_error")
