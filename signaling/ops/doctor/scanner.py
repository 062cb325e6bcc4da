"""The doctor asks the virus scanner."""

from signaling.clinical.files.scanner import Scanner
from signaling.config import Config
from signaling.ops.doctor.finding import Finding, ok, problem


async def look_at_scanner(config: Config) -> list[Finding]:
    """Does it answer?"""
    address = config.clinical.clamav
    if not address:
        return []
    try:
        version = await Scanner(address).version()
    except (OSError, TimeoutError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error) or "no answer"
        return [
            problem(
                f"virus scanner: {address}: {reason}",
                "start clamd, let the server's user reach its socket, or correct clinical.clamav; "
                "until then no file is taken",
            )
        ]
    return [ok(f"virus scanner: {version} at {address}")]
