"""Text messages through whichever gateway the configuration names."""

import json

import aiohttp

from signaling import config
from signaling.mail.mailer import NotSent

SEND_SECONDS = 15.0


class SmsGateway:
    """That of [sms]."""

    def __init__(self, sms: config.Sms) -> None:
        self._sms = sms

    @property
    def configured(self) -> bool:
        """Whether there is one."""
        return bool(self._sms.url)

    async def send(self, number: str, text: str) -> None:
        """To a number (E.164). Raises NotSent."""
        headers = {"Content-Type": "application/json"}
        if self._sms.authorization:
            headers["Authorization"] = self._sms.authorization
        body = json.dumps(_filled(json.loads(self._sms.body), number, text))
        timeout = aiohttp.ClientTimeout(total=SEND_SECONDS)
        try:
            async with (
                aiohttp.ClientSession(timeout=timeout) as http,
                http.post(
                    self._sms.url, data=body, headers=headers, allow_redirects=False
                ) as response,
            ):
                status = response.status
        except (OSError, aiohttp.ClientError, TimeoutError) as error:
            raise NotSent(type(error).__name__) from error
        if not 200 <= status < 300:
            raise NotSent(str(status))


def _filled(template: object, number: str, text: str) -> object:
    """Wherever it has text."""
    match template:
        case dict():
            return {name: _filled(value, number, text) for name, value in template.items()}
        case list():
            return [_filled(value, number, text) for value in template]
        case str():
            return text.join(part.replace("{to}", number) for part in template.split("{text}"))
    return template
