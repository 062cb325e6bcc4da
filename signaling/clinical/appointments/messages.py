"""What pages hear of appointments."""

from signaling.kernel.messages import Message


class AppointmentsChanged(Message, tag="appointments_changed"):
    """To a patient or a provider: some of their appointments were made, moved or cancelled."""


class WaitingChanged(Message, tag="waiting_changed"):
    """To a provider: somebody came into their waiting room, left it, or was sent a line."""


class WaitingLine(Message, tag="waiting_line"):
    """To a patient who waits: what their provider has sent them."""

    appointment_id: str
    line: str
