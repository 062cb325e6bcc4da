"""What the aiohttp application holds of the server that it is the door of."""

from collections.abc import Mapping

from aiohttp import web

from signaling.services import Services

SERVICES = web.AppKey("services", Services)
PARTS = web.AppKey("parts", Mapping[type, object])
"""The same by class, which is how handlers ask for it."""
