"""The doctor looks for the two people whom opening a recording takes."""

from signaling.config import Config
from signaling.kernel.permissions import ALLOWED
from signaling.ops.doctor.finding import Finding, note, ok, problem
from storage.database import Database
from storage.people import users


async def look_at_approvers(config: Config, database: Database) -> list[Finding]:
    """Whoever asks, and somebody else who approves."""
    if config.recording.unlock == "single" or not config.recording.enabled:
        return []
    async with database.reading() as tx:
        askers = {user.id for user in await users.of_roles(tx, ALLOWED["recording.unlock"])}
        approvers = {user.id for user in await users.of_roles(tx, ALLOWED["recording.approve"])}
    if askers and len(askers | approvers) > 1:
        return [ok(f"approval of recordings: {len(approvers)} people can approve")]
    text = "approval of recordings: nobody could approve what another one asks for"
    if config.jwt.enabled and ALLOWED["recording.approve"] & set(config.jwt.roles):
        return [note(text, "the host platform's people are known once they have signed in")]
    advice = "add a second person of compliance, or an administrator (`carelay users add`)"
    return [problem(text, advice)]
