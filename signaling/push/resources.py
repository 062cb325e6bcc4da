"""A device that rings."""

from typing import Annotated

from msgspec import Meta

from signaling.kernel.resources import Request


class PushSubscription(Request):
    """PUT and DELETE auth/push-subscription: where the browser's push service takes messages."""

    endpoint: Annotated[str, Meta(min_length=1, max_length=2000)]
    renewed: bool = False
    """It was theirs before, which their page only says again: somebody else's does not become
    theirs by opening a page.
    """
