"""What a patient can say about where they are. Pure."""

from collections.abc import Sequence

from msgspec import Struct

from signaling.clinical.places.resources import SayPlace
from signaling.kernel.countries import is_country
from signaling.kernel.errors import Invalid
from signaling.people.rule import is_phone


class Stated(Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """What is sealed of it."""

    address: str | None = None
    country: str | None = None
    phone: str | None = None


def stated(said: SayPlace, usual: Sequence[str], phone: str | None) -> Stated:
    """What was said, where `usual` and `phone` are what is on record. Raises Invalid, which names
    what cannot be.
    """
    if said.answer == "withheld":
        if said.address is not None or said.country is not None or said.phone is not None:
            raise Invalid("invalid_place", reason="withheld")
        return Stated()
    address = _address(said, usual)
    if said.country is None or not is_country(said.country):
        raise Invalid("invalid_place", reason="country")
    if said.phone is not None and not is_phone(said.phone):
        raise Invalid("invalid_place", reason="phone")
    reached = said.phone or (phone if said.answer == "usual" else None)
    return Stated(address=address, country=said.country, phone=reached)


def _address(said: SayPlace, usual: Sequence[str]) -> str:
    if said.answer == "here":
        if said.address is None or not said.address.strip():
            raise Invalid("invalid_place", reason="address")
        return said.address.strip()
    if said.address is not None or not usual:
        raise Invalid("invalid_place", reason="usual")
    return "\n".join(usual)
