"""/api/v1/auth/push-subscription: a browser rings while its page is closed."""

from signaling.kernel.routes import API, Context, Routes
from signaling.push.bell import Bell
from signaling.push.resources import PushSubscription

SUBSCRIPTION = f"{API}/auth/push-subscription"
routes = Routes("auth")


@routes.put(
    SUBSCRIPTION,
    access="signed_in",
    counts="change",
    errors=("push_off", "unknown_push_service", "unknown_push_subscription"),
)
async def put_push_subscription(context: Context, body: PushSubscription) -> None:
    """Let this browser ring while its page is closed (Web Push)."""
    await context.the(Bell).hang(context.actor.user_id, body.endpoint, renewed=body.renewed)


@routes.delete(SUBSCRIPTION, access="signed_in", counts="change")
async def delete_push_subscription(context: Context, body: PushSubscription) -> None:
    """Let it ring no more."""
    await context.the(Bell).take_down(context.actor.user_id, body.endpoint)
