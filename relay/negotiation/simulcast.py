"""The layers of a picture as an offer names them (RFC 8851, RFC 8853). Pure."""

import re

from relay.negotiation.formats import LAYER_EXTENSIONS, choose_extensions
from relay.negotiation.sdp import Section

MAX_LAYERS = 3
# The first of alternatives; a leading tilde pauses a layer, which may start later (RFC 8853 5.1).
_STREAM = re.compile(r"~?([A-Za-z0-9_-]{1,16})(?:,.*)?")
_RID = re.compile(r"([A-Za-z0-9_-]{1,16}) send(?: .*)?")


def offered_layers(section: Section) -> tuple[str, ...]:
    """The rids to take, in the order of the offer, which browsers write as the page did; empty if
    there are not two or three, or if their packets would not be told apart.
    """
    if LAYER_EXTENSIONS[0] not in choose_extensions(section, LAYER_EXTENSIONS):
        return ()
    declared = {match[1] for match in map(_RID.fullmatch, section.all("rid")) if match}
    streams = [match for match in map(_STREAM.fullmatch, _send_list(section).split(";")) if match]
    rids = tuple(dict.fromkeys(match[1] for match in streams if match[1] in declared))
    return rids if 2 <= len(rids) <= MAX_LAYERS else ()


def _send_list(section: Section) -> str:
    """What follows `send` in `a=simulcast`; either direction may come first."""
    words = (section.first("simulcast") or "").split()
    lists = dict(zip(words[::2], words[1::2], strict=False))
    return lists.get("send", "")
