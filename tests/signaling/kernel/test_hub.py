"""Who is connected where."""

from signaling.calls.messages import CallDeclined
from signaling.kernel.actor import Actor
from signaling.kernel.hub import Hub
from tests.signaling.practice import Page

MESSAGE = CallDeclined(room_id="room")
PATIENT = Actor("p", "P", "patient")
ADMIN = Actor("a", "A", "admin")


def test_a_user_is_connected_while_any_page_is_open() -> None:
    hub, phone, desk = Hub(), Page(PATIENT), Page(PATIENT)
    hub.add(phone)
    hub.add(desk)
    hub.remove(phone)
    assert hub.is_connected("p")
    hub.remove(desk)
    hub.remove(desk)
    assert not hub.is_connected("p")


def test_messages_reach_every_page_of_a_user_and_nobody_else() -> None:
    hub, phone, desk, staff = Hub(), Page(PATIENT), Page(PATIENT), Page(ADMIN)
    for page in (phone, desk, staff):
        hub.add(page)
    hub.send("p", MESSAGE)
    hub.send("nobody", MESSAGE)
    assert (phone.sent, desk.sent, staff.sent) == ([MESSAGE], [MESSAGE], [])
    hub.send_to_role("admin", MESSAGE)
    assert (phone.sent, staff.sent) == ([MESSAGE], [MESSAGE])


def test_a_page_may_go_while_messages_are_sent() -> None:
    hub = Hub()

    class Leaving(Page):
        def send(self, message: object) -> None:  # noqa: ARG002 - as Page.send
            hub.remove(self)

    hub.add(Leaving(PATIENT))
    hub.add(second := Page(PATIENT))
    hub.send("p", MESSAGE)
    assert second.sent == [MESSAGE]
