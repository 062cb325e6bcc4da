"""What is on record of a patient, in the words of FHIR R4's Patient."""

from datetime import date, datetime
from typing import Annotated, Literal

from msgspec import Meta, field

from signaling.config.sections import LANGUAGE_TAG
from signaling.kernel.messages import LINE, UserId, UserName
from signaling.kernel.resources import Request, Resource
from signaling.kernel.words import GuestChannel, Role, Side

Line = Annotated[str, Meta(min_length=1, max_length=200, pattern=LINE)]


class EmergencyContact(Request):
    """Whom to reach when the patient is in danger (`Patient.contact`)."""

    name: UserName
    phone: Annotated[str, Meta(max_length=32)]
    relationship: Annotated[str, Meta(min_length=1, max_length=100, pattern=LINE)] | None = None


class PutPatient(Request):
    """PUT patients/{patient_id}, POST patients: the whole record; what is left out is not known."""

    name: UserName
    pronouns: Annotated[str, Meta(min_length=1, max_length=60, pattern=LINE)] | None = None
    birth_date: date | None = None
    language: Annotated[str, Meta(max_length=35)] | None = None
    """Preferred one, as a BCP 47 tag, such as `pt-BR`."""
    time_zone: Annotated[str, Meta(max_length=64)] | None = None
    """By its name in the IANA database, such as `Europe/Lisbon`."""
    phone: Annotated[str, Meta(max_length=32)] | None = None
    """E.164: + and up to 15 digits."""
    email: Annotated[str, Meta(max_length=254)] | None = None
    contact: EmergencyContact | None = None
    address: Annotated[list[Line], Meta(max_length=6)] = field(default_factory=list)
    """Where they usually are during a call, in lines (`Address.line`)."""


class PutProvider(Request):
    """PUT providers/{provider_id}"""

    name: UserName
    email: Annotated[str, Meta(max_length=254)] | None = None


class Provider(Resource):
    """The reply of PUT providers/{provider_id}."""

    user_id: UserId
    name: str
    email: str | None
    """Tells apart who has the same name."""


class CareTeam(Resource):
    """GET patients/{patient_id}/providers; also the reply of PUT and DELETE below it."""

    providers: list[Provider]


class PatientRecord(Resource):
    """GET patients/{patient_id}; also the reply of PUT and POST."""

    user_id: UserId
    name: str
    pronouns: str | None
    birth_date: date | None
    language: str | None
    time_zone: str | None
    phone: str | None
    email: str | None
    contact: EmergencyContact | None
    address: list[str]


class PeopleAsked(Request):
    """Of whom GET people tells: whose name, user name or e-mail address has every word of `text`,
    or who was born on that day (ISO 8601).
    """

    text: Annotated[str, Meta(max_length=200)] = ""
    role: Role | None = None
    """Administrators only."""
    cursor: str | None = None


class Person(Resource):
    """One of GET people; also the reply of whatever changes an account."""

    user_id: UserId
    name: str
    role: Role
    birth_date: date | None
    email: str | None
    username: str | None
    of_platform: bool
    """They come with tokens of the host platform, which decide name and role."""
    has_password: bool
    invited_until: datetime | None
    """There is a link by which they can set a password; it counts, or counted, until then."""
    disabled: bool
    created_at: datetime


class PersonList(Resource):
    people: list[Person]
    next_cursor: str | None = None


class AddPerson(Request):
    """POST people"""

    name: UserName
    role: Role
    email: Annotated[str, Meta(max_length=254)] | None = None
    username: Annotated[str, Meta(max_length=128)] | None = None
    """None: the e-mail address, if there is one."""


class PutPerson(Request):
    """PUT people/{user_id}"""

    name: UserName
    role: Role
    email: Annotated[str, Meta(max_length=254)] | None = None
    username: Annotated[str, Meta(max_length=128)] | None = None


class InvitationLink(Request):
    """POST auth/invitation"""

    token: Annotated[str, Meta(min_length=1, max_length=128)]


class AcceptInvitation(Request):
    """POST auth/invitation/accept"""

    token: Annotated[str, Meta(min_length=1, max_length=128)]
    password: Annotated[str, Meta(min_length=1, max_length=1024)]


class InvitationShown(Resource):
    """The reply of POST auth/invitation, and of accept."""

    name: str
    username: str
    """What they sign in with."""
    practice_name: str
    expires_at: datetime


GuestLinkState = Literal["waiting", "sent", "opened", "used", "revoked", "over"]
"""How far a link has come; `waiting`: it is still to be sent."""


class MakeGuestLink(Request):
    """POST appointments/{appointment_id}/links and call/{room_id}/links"""

    side: Side
    channel: GuestChannel
    name: UserName | None = None
    """Of anybody but the patient."""
    address: Annotated[str, Meta(min_length=3, max_length=254)] | None = None
    """An e-mail address or a phone number (E.164); none: that on the patient's record."""
    language: Annotated[str, Meta(max_length=35, pattern=LANGUAGE_TAG)] | None = None
    """Of the letter, as a BCP 47 tag; none: that of the patient's record."""


class GuestLink(Resource):
    """A link by which somebody without an account gets in."""

    link_id: str
    user_id: UserId
    name: str
    side: Side
    channel: GuestChannel
    address: str | None
    state: GuestLinkState
    created_at: datetime
    sent_at: datetime | None
    opened_at: datetime | None
    """When its page was first looked at."""
    used_at: datetime | None
    """When somebody first came in by it."""
    confirmed_at: datetime | None
    """When a provider said that it is them."""
    url: str | None = None
    """Where it leads, of one to be passed on; told this once. Without server.public_url it is
    relative to where this server answers.
    """


class GuestLinkList(Resource):
    links: list[GuestLink]


class GuestLinkRevoked(Resource):
    status: Literal["revoked"] = "revoked"
