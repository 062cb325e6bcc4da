"""`carelay database prepare` on a real PostgreSQL."""

import asyncio

from sqlalchemy.engine import make_url

from storage.ids import new_id
from tests.signaling.terminal import Carelay
from tests.support.postgresql import PostgreSQL


def test_the_tables_are_the_owners_and_the_server_uses_them(
    carelay: Carelay, postgresql: PostgreSQL
) -> None:
    owner = asyncio.run(postgresql.empty_database())
    role = f"server_{new_id()}"
    url = make_url(owner).set(username=role).render_as_string(hide_password=False)
    mine = {"CARELAY_STORAGE_DATABASE_URL": url}
    refused = carelay("users", "list", **mine).refusal
    assert "is not available" in refused
    assert carelay("keys", "create").code == 0
    prepared = carelay("database", "prepare", "--owner", owner, **mine)
    assert prepared.output.startswith(f"The tables are up to date. {role} can add to")
    adding = ("users", "add", "elena", "--name", "Elena", "--role", "ops")
    assert carelay(*adding, stdin="correct horse battery\n", **mine).code == 0
    assert "elena" in carelay("users", "list", **mine).output
    assert "role can change it" not in carelay("doctor", **mine).output
    one_role = carelay("database", "prepare", "--owner", url, **mine).refusal
    assert "need two roles" in one_role
