"""The staff is told outside of the pages: by e-mail and by a webhook, where they are configured."""

from signaling.alerts.delivery import Alert, Delivery

__all__ = ["Alert", "Delivery"]
