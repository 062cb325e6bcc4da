"""What the provider of a call hears of where its patient is."""

from signaling.kernel.messages import Message, RoomId


class PlaceStated(Message, tag="place_stated"):
    """The patient has answered where they are, which `GET calls/{room_id}/place` tells. To the page
    of the call's provider alone.
    """

    room_id: RoomId
