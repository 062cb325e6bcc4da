"""What the server says in free text: names, ids, what the practice wrote, no words of its own.

Pages are in their reader's language, so what the server has to say is a code with parameters. A new
text field fails here, until it is either a code or told what it holds.
"""

from collections.abc import Iterator
from typing import Annotated, Any, Literal, get_args, get_origin, get_type_hints

import msgspec

from signaling.http.endpoint import endpoint
from signaling.http.routes import ROUTES
from signaling.websocket.messages import ServerMessage

TEXTS = {
    "of people": {"name", *(f"{who}_name" for who in ("patient", "provider", "participant"))}
    | {
        "user_name",
        "actor_name",
        "author_name",
        "person_name",
        "raised_by",
        "acknowledged_by",
        "address",
        "country",
        "by_name",
        "user_agent",
    }
    | {"pronouns", "relationship", "email", "time_zone"}
    | {"placed_by_name", "released_by_name", "release_reason", "erased_by_name", "guest_names"}
    | {"answered_by_name", "answer", "viewer_name", "requested_by_name", "ended_by_name"}
    | {"holder_name", "reviewed_by_name", "note"},
    "of appointments": {"rule", "topic", "time_zone", "path", "line"},
    "of questionnaires": {"questionnaire", "item", "question", "value", "words", "sources"},
    "of the practice": {"practice_name", "practice_phone", "emergency_phone", "phone", "version"}
    | {"emergency_instructions", "instructions", "text", "language", "text_id", "text_version"}
    | {"countries", "number", "source"},
    "ids": {
        "intake_id",
        "external_id",
        "room_id",
        "user_id",
        "recording_id",
        "part_id",
        "participant_id",
        "playback_id",
    }
    | {
        "hold_id",
        "export_id",
        "file_id",
        "request_id",
        "unlock_id",
        "requested_by",
        "access_id",
        "author_id",
        "client_id",
        "link_id",
        "holder_id",
        "appointment_id",
        "series_id",
    }
    | {"patient_id", "provider_id", "actor_id", "subject_id", "id", "mid", "label", "layer"}
    | {"in_reply_to", "next_cursor", "sha256", "text_sha256", "online", "offline", "gone"},
    "of the log": {"log", "root", "witness"},
    "for machines": {
        "sdp",
        "sending",
        "receiving",
        "urls",
        "username",
        "credential",
        "media_type",
        "codec",
    }
    | {"dropped_datagrams", "checks", "url", "tail_url"}
    | {"key_id", "wrapped_key", "data_key_sha256", "row", "mac", "push_key"},
    "codes": {"code", "reason", "recording_unavailable_reason", "actor_role"},
    "for programmers, which no page shows": {"title", "detail", "parameters"},
}


def test_the_server_says_nothing_in_words_of_its_own() -> None:
    texts = set(_texts(ServerMessage, "", set()))
    for route in ROUTES:
        called = endpoint(route)
        for kind in (called.returns, *(reply.body for reply in called.route.replies.values())):
            texts |= set(_texts(kind, "", set()))
    assert len(texts) > 50
    assert texts == set.union(*TEXTS.values())


def _texts(kind: Any, name: str, seen: set[type]) -> Iterator[str]:
    """The names of fields that hold any text."""
    if kind is str:
        yield name
    elif isinstance(kind, type) and issubclass(kind, msgspec.Struct):
        if kind not in seen:
            seen.add(kind)
            for field, of_field in get_type_hints(kind, include_extras=True).items():
                yield from _texts(of_field, field, seen)
    elif get_origin(kind) is Annotated:
        yield from _texts(get_args(kind)[0], name, seen)
    elif get_origin(kind) is not Literal:
        for part in get_args(kind):
            yield from _texts(part, name, seen)
