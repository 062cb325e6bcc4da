"""/api/v1/telemedicine/audit: who did what, and whether the log of it is whole."""

from typing import Annotated

from msgspec import Meta

from signaling.audit.asked import Asked
from signaling.audit.export import MEDIA_TYPES, ExportFormat
from signaling.audit.log import PROOF, AuditLog
from signaling.audit.resources import AuditPage, AuditPeople, AuditStatus
from signaling.audit.verification import Verification
from signaling.kernel.content import Content, Stream
from signaling.kernel.messages import UserName
from signaling.kernel.routes import TELEMEDICINE, Context, Reply, Routes
from signaling.kernel.words import Role

AUDIT = f"{TELEMEDICINE}/audit"
Row = Annotated[int, Meta(ge=1, le=2**63 - 1)]
routes = Routes("audit")


@routes.get(
    AUDIT, access="log.read", counts="recording", errors=("invalid_cursor",), audit="audit.read"
)
async def list_audit(context: Context, asked: Asked, cursor: str | None = None) -> AuditPage:
    """Rows of the audit log, newest first: of a time, by somebody, of a kind, about somebody's
    calls, a call or a recording, from an address (compliance).
    """
    return await context.the(AuditLog).page(context.actor, asked, cursor)


@routes.get(f"{AUDIT}/status", access="log.read", counts="read")
async def get_audit_status(context: Context) -> AuditStatus:
    """Whether the log is still what was signed (compliance)."""
    return await context.the(Verification).status()


@routes.get(f"{AUDIT}/people", access="log.read", counts="read")
async def find_audit_people(
    context: Context, name: UserName, role: Role | None = None
) -> AuditPeople:
    """Whose rows, and whose recordings, can be asked for, by a part of their name, e-mail address
    or user name, or by their date of birth (compliance).
    """
    return await context.the(AuditLog).people(name, role)


@routes.get(
    f"{AUDIT}/export",
    access="log.read",
    counts="export",
    audit="audit.exported",
    replies={200: Reply("The rows.", media_types=tuple(MEDIA_TYPES.values()))},
)
async def export_audit(context: Context, asked: Asked, form: ExportFormat = "ndjson") -> Stream:
    """All rows of a question, a line each: as they were hashed, or as FHIR R4 AuditEvent
    (compliance).
    """
    return await context.the(AuditLog).export(context.actor, asked, form)


@routes.get(
    f"{AUDIT}/{{row}}/proof",
    access="log.read",
    counts="recording",
    errors=(
        "unknown_audit_entry",
        "audit_entry_not_signed",
        "audit_entry_expired",
        "audit_key_missing",
    ),
    audit="audit.exported",
    replies={200: Reply("The proof.", media_types=(PROOF,))},
)
async def get_audit_proof(context: Context, row: Row) -> Content:
    """That a row is in the log, as a file for somebody who sees no other (compliance)."""
    return await context.the(AuditLog).proof(context.actor, row)
