"""/api/v1/telemedicine/people: everybody, and their accounts; /api/v1/auth/invitation: the link by
which they set a password.
"""

from signaling.kernel.messages import UserId
from signaling.kernel.routes import API, TELEMEDICINE, Context, Routes, Visitor
from signaling.people.accounts import Accounts
from signaling.people.invitations import Invitations
from signaling.people.resources import (
    AcceptInvitation,
    AddPerson,
    InvitationLink,
    InvitationShown,
    PeopleAsked,
    Person,
    PersonList,
    PutPerson,
)

PEOPLE = f"{TELEMEDICINE}/people"
ONE = f"{PEOPLE}/{{user_id}}"
INVITATION = f"{API}/auth/invitation"
routes = Routes("people")


@routes.get(PEOPLE, access="people.list", counts="read", errors=("invalid_cursor",))
async def list_people(context: Context, asked: PeopleAsked) -> PersonList:
    """Everybody, for administrators; for providers, the patients whom they know."""
    return await context.the(Accounts).list(context.actor, asked)


@routes.post(
    PEOPLE,
    access="account.write",
    counts="change",
    errors=("invalid_person", "username_taken", "guest_role"),
    audit="user.added",
)
async def add_person(context: Context, body: AddPerson) -> Person:
    """Add an account, with which nobody can sign in before a password is set."""
    return await context.the(Accounts).add(context.actor, body)


@routes.get(ONE, access="account.write", counts="read", errors=("unknown_account",))
async def get_person(context: Context, user_id: UserId) -> Person:
    """One of them."""
    return await context.the(Accounts).one(user_id)


@routes.put(
    ONE,
    access="account.write",
    counts="change",
    errors=(
        "unknown_account",
        "invalid_person",
        "username_taken",
        "username_needed",
        "account_of_platform",
        "patient_role",
        "guest_role",
        "own_account",
        "last_administrator",
    ),
    audit="user.changed",
)
async def put_person(context: Context, user_id: UserId, body: PutPerson) -> Person:
    """Put name, e-mail address, user name and role in place of what they are."""
    return await context.the(Accounts).put(context.actor, user_id, body)


@routes.post(
    f"{ONE}/disable",
    access="account.write",
    counts="change",
    errors=("unknown_account", "own_account", "last_administrator"),
    audit="user.disabled",
)
async def disable_person(context: Context, user_id: UserId) -> Person:
    """They cannot sign in nor be called, and what they have open closes."""
    return await context.the(Accounts).disable(context.actor, user_id)


@routes.post(
    f"{ONE}/enable",
    access="account.write",
    counts="change",
    errors=("unknown_account",),
    audit="user.enabled",
)
async def enable_person(context: Context, user_id: UserId) -> Person:
    """They may sign in again."""
    return await context.the(Accounts).enable(context.actor, user_id)


@routes.post(
    f"{ONE}/sign-out",
    access="account.write",
    counts="change",
    errors=("unknown_account",),
    audit="user.sign_ins_ended",
)
async def sign_out_person(context: Context, user_id: UserId) -> Person:
    """They are signed out everywhere."""
    return await context.the(Accounts).end_sign_ins(context.actor, user_id)


@routes.post(
    f"{ONE}/invitation",
    access="account.write",
    counts="initiate",
    errors=(
        "unknown_account",
        "account_of_platform",
        "guest_role",
        "account_disabled",
        "email_needed",
        "username_needed",
        "mail_unavailable",
    ),
    audit="user.invited",
)
async def invite_person(context: Context, user_id: UserId) -> Person:
    """Send a link by e-mail, by which they set a password; earlier links count no longer."""
    await context.the(Invitations).send(context.actor, user_id)
    return await context.the(Accounts).one(user_id)


@routes.delete(
    f"{ONE}/invitation",
    access="account.write",
    counts="change",
    errors=("unknown_account",),
    audit="user.invitation_revoked",
)
async def revoke_invitation(context: Context, user_id: UserId) -> Person:
    """The link counts no longer."""
    await context.the(Invitations).revoke(context.actor, user_id)
    return await context.the(Accounts).one(user_id)


@routes.post(INVITATION, access="anybody", counts="visit", errors=("unknown_invitation",))
async def open_invitation(visitor: Visitor, body: InvitationLink) -> InvitationShown:
    """Whom the secret of a link is for, which stands in the address's fragment."""
    return await visitor.the(Invitations).open(body.token)


@routes.post(
    f"{INVITATION}/accept",
    access="anybody",
    counts="visit",
    errors=("unknown_invitation", "password_too_short"),
    audit="user.invitation_accepted",
)
async def accept_invitation(visitor: Visitor, body: AcceptInvitation) -> InvitationShown:
    """Set a password by such a link, which counts no longer."""
    origin = visitor.request.origin
    return await visitor.the(Invitations).accept(origin, body.token, body.password)
