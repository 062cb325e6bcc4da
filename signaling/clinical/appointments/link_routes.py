"""/api/v1/telemedicine/appointments/{appointment_id}/links: the ways in for guests."""

from signaling.clinical.appointments import links
from signaling.clinical.appointments.appointments import Appointments
from signaling.clinical.appointments.resources import Identifier
from signaling.kernel.routes import TELEMEDICINE, Context, Routes
from signaling.people.guest_links import GuestLinks
from signaling.people.resources import GuestLink, GuestLinkList, GuestLinkRevoked, MakeGuestLink

LINKS = f"{TELEMEDICINE}/appointments/{{appointment_id}}/links"
routes = Routes("guests")


@routes.get(LINKS, access="appointment.write", counts="read", errors=("unknown_appointment",))
async def list_guest_links(context: Context, appointment_id: Identifier) -> GuestLinkList:
    """Those of an appointment, and how far each has come (its provider, administrators)."""
    return await links.listed(
        context.the(Appointments), context.the(GuestLinks), context.actor, appointment_id
    )


@routes.post(
    LINKS,
    access="appointment.write",
    counts="initiate",
    errors=(
        "unknown_appointment",
        "unknown_patient",
        "unknown_provider",
        "appointment_settled",
        "too_many_links",
        "side_not_possible",
        "invalid_person",
        "address_needed",
        "mail_unavailable",
        "sms_unavailable",
    ),
    audit="guest.link_made",
)
async def make_guest_link(
    context: Context, appointment_id: Identifier, body: MakeGuestLink
) -> GuestLink:
    """Send the patient, or somebody who is to be with them, a link by which they get in without an
    account; or make one to be passed on.
    """
    return await links.make(
        context.the(Appointments), context.the(GuestLinks), context.actor, appointment_id, body
    )


@routes.delete(
    f"{LINKS}/{{link_id}}",
    access="appointment.write",
    counts="change",
    errors=("unknown_appointment", "unknown_guest_link"),
    audit="guest.link_revoked",
)
async def revoke_guest_link(
    context: Context, appointment_id: Identifier, link_id: Identifier
) -> GuestLinkRevoked:
    """Take one back; whoever came by it is out."""
    await links.revoke(
        context.the(Appointments),
        context.the(GuestLinks),
        context.actor,
        appointment_id,
        link_id,
    )
    return GuestLinkRevoked()
