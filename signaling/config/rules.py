"""What the single keys of the configuration cannot tell by themselves: values that exclude
or need one another.
"""

import json
import os
from collections.abc import Iterator
from ipaddress import ip_address
from pathlib import Path
from typing import TypeGuard
from urllib.parse import urlsplit

from signaling.config import consent_texts, iceurl, period, witnesses
from signaling.config.sections import Config, Consent, Jwt, Objects, Push, Recording, Retention, Sms
from signaling.kernel.countries import is_country
from signaling.kernel.jwks import KeySetError, parse
from signaling.kernel.network import PLAIN_HOSTS
from storage.audit.record import FLOOR
from storage.vault.keys.kms import KmsKey
from storage.words import LOCAL_ISSUER

Finding = tuple[str, str]
"""`section.key` and what is wrong with it."""

MIN_SECRET_BYTES = 32  # RFC 7518, section 3.2: an HS256 key is at least as long as the hash
PATIENT = "{patient_id}"
NOT_ASCII = "has letters that many mail servers refuse: write it in ASCII, a domain as xn--..."
ADVICE = {
    "clinical.key_file": (
        ": with recordings that are sealed, chat and notes need a key of their own; "
        "`carelay keys create` makes one"
    ),
    "push.key_file": "; `carelay keys create` makes one",
    "recording.key_file": "; `carelay keys create` makes one",
    "recording.public_key_file": "; `carelay keys create-sealed` makes one, on another machine",
}


def contradictions(config: Config) -> Iterator[Finding]:
    """Impossible values, without a look at the disk."""
    if (country := config.practice.country) and not is_country(country):
        yield "practice.country", f"no country has the code {country} (ISO 3166-1 alpha-2)"
    yield from _server(config)
    yield from _relay(config)
    yield from _calls(config)
    yield from _emergency(config)
    yield from _sms(config.sms)
    yield from _push(config.push)
    yield from _storage(config)
    yield from _objects(config.objects, config.audit.bucket)
    yield from _retention(config.retention)
    yield from _key_service(config.recording)
    yield from _audit(config)
    yield from _jwt(config)
    yield from _ice(config)
    yield from _intake(config.intake.url)


def unusable_files(config: Config) -> Iterator[Finding]:
    """Files that are named and cannot be read, or hold nothing that could work."""
    yield from _missing_files(config)
    yield from _consent(config.consent)
    jwt = config.jwt
    if (
        _is_readable(jwt.secret_file)
        and len(jwt.secret_file.read_bytes().strip()) < MIN_SECRET_BYTES
    ):
        yield (
            "jwt.secret_file",
            (
                f"{jwt.secret_file} must hold at least {MIN_SECRET_BYTES} bytes (RFC 7518, section "
                "3.2)"
            ),
        )
    if _is_readable(jwt.jwks_file):
        try:
            usable = parse(jwt.jwks_file.read_bytes())
        except KeySetError as error:
            yield "jwt.jwks_file", f"{jwt.jwks_file} is {error}"
            return
        if not usable:
            yield "jwt.jwks_file", f"{jwt.jwks_file} has no RS256 or ES256 public key"


def _is_readable(path: Path | None) -> TypeGuard[Path]:
    return path is not None and path.is_file() and os.access(path, os.R_OK)


def _missing_files(config: Config) -> Iterator[Finding]:
    named = {
        "server.tls_certificate_file": config.server.tls_certificate_file,
        "server.tls_key_file": config.server.tls_key_file,
        "objects.credentials_file": config.objects.credentials_file,
        "objects.ca_file": config.objects.ca_file,
        "jwt.secret_file": config.jwt.secret_file,
        "jwt.jwks_file": config.jwt.jwks_file,
        **_keys_of_recordings(config),
        **({"push.key_file": config.push_key_file} if config.push.contact else {}),
    }
    for key, path in named.items():
        if path is None or _is_readable(path):
            continue
        advice = "" if path.exists() else ADVICE.get(key, "")
        yield (
            key,
            f"{path.absolute()} {'cannot be read' if path.exists() else 'does not exist'}{advice}",
        )


def _consent(section: Consent) -> Iterator[Finding]:
    try:
        first, *_ = consent_texts.written(section)
    except (ValueError, OSError) as error:
        yield "consent.texts_path", str(error)
        return
    if first.language != section.language:
        yield "consent.language", f"there is no text in this language: {section.language}.txt"


def _keys_of_recordings(config: Config) -> dict[str, Path]:
    """Those without which nothing can be recorded."""
    recording = config.recording
    if not recording.enabled:
        return {}
    match recording.keys:
        case "sealed":
            return {
                "recording.public_key_file": recording.public_key_file,
                "clinical.key_file": config.clinical_key_file,
            }
        case "file":
            return {"recording.key_file": recording.key_file}
        case "pkcs11" if recording.pkcs11_module and recording.pkcs11_pin_file:
            return {
                "recording.pkcs11_module": recording.pkcs11_module,
                "recording.pkcs11_pin_file": recording.pkcs11_pin_file,
            }
    return {}


def _key_service(recording: Recording) -> Iterator[Finding]:
    """What a key that is kept elsewhere needs."""
    if recording.kms_key or recording.keys == "kms":
        try:
            KmsKey(recording.kms_key)
        except ValueError as error:
            yield "recording.kms_key", str(error)
    slot = {
        "recording.pkcs11_module": recording.pkcs11_module,
        "recording.pkcs11_token": recording.pkcs11_token,
        "recording.pkcs11_key": recording.pkcs11_key,
        "recording.pkcs11_pin_file": recording.pkcs11_pin_file,
    }
    if any(slot.values()) or recording.keys == "pkcs11":
        for key, value in slot.items():
            if not value:
                yield key, "is needed for a key in a security module"


def _server(config: Config) -> Iterator[Finding]:
    server = config.server
    if bool(server.tls_certificate_file) != bool(server.tls_key_file):
        lacking = (
            "server.tls_key_file" if server.tls_certificate_file else "server.tls_certificate_file"
        )
        yield lacking, "TLS needs both a certificate file and a key file"
    url = urlsplit(server.public_url)
    if server.public_url and (
        url.scheme not in {"http", "https"} or not url.netloc or url.path.strip("/")
    ):
        yield (
            "server.public_url",
            "must be an origin such as https://video.example.org, without a path",
        )


def _relay(config: Config) -> Iterator[Finding]:
    if not _is_address(config.relay.host):
        yield "relay.host", f"{config.relay.host} is not an IP address"
    if config.relay.port + config.relay.engine_threads - 1 > 65535:
        yield "relay.engine_threads", f"there are not so many ports from {config.relay.port} on"
    for address in config.relay.announced_addresses:
        if not _is_address(address):
            yield "relay.announced_addresses", f"{address} is not an IP address"


def _is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True


def _calls(config: Config) -> Iterator[Finding]:
    if config.calls.warning_minutes >= config.calls.max_duration_minutes:
        yield "calls.warning_minutes", "must be less than calls.max_duration_minutes"


def _emergency(config: Config) -> Iterator[Finding]:
    if config.emergency.email_to:
        for key in ("host", "sender"):
            if not getattr(config.smtp, key):
                yield f"smtp.{key}", "is needed to send what emergency.email_to asks for"
    for number, address in enumerate(config.emergency.email_to, 1):
        if not address.isascii():
            yield "emergency.email_to", f"entry {number} {NOT_ASCII}"
    if not config.smtp.sender.rpartition("<")[2].isascii():  # a name in front of <...> is encoded
        yield "smtp.sender", NOT_ASCII
    if config.emergency.webhook_url and not _is_web_address(config.emergency.webhook_url):
        yield "emergency.webhook_url", "must be an http or https address"


def _sms(sms: Sms) -> Iterator[Finding]:
    if sms.url and not _is_web_address(sms.url):
        yield "sms.url", "must be an http or https address"
    elif sms.url and not _is_private(sms.url):
        yield "sms.url", "must begin with https://, for links and numbers are sent there"
    if not sms.body.count("{to}") or not sms.body.count("{text}"):
        yield "sms.body", "needs {to} and {text}"
    try:
        json.loads(sms.body)
    except ValueError:
        yield "sms.body", "is not JSON"


def _push(push: Push) -> Iterator[Finding]:
    if push.contact and not push.contact.startswith(("mailto:", "https://")):
        yield "push.contact", "must begin with mailto: or https:// (RFC 8292, section 2.1)"
    for service in push.services:
        url = service.replace("*.", "", 1)
        if not _is_web_address(url) or not _is_private(url) or urlsplit(url).path:
            yield "push.services", f"{service} is not an origin that begins with https://"


def _is_web_address(text: str) -> bool:
    """Whether it can be asked at all, as far as its form tells."""
    try:
        url = urlsplit(text)
        url.port  # noqa: B018 - raises if it is no number of a port
        host = (url.hostname or "").encode("idna")  # as the resolver does
    except ValueError:
        return False
    return url.scheme in {"http", "https"} and bool(host) and not any(map(str.isspace, text))


def _storage(config: Config) -> Iterator[Finding]:
    if not config.database_url.startswith(("sqlite+aiosqlite:///", "postgresql+asyncpg://")):
        yield (
            "storage.database_url",
            "must begin with sqlite+aiosqlite:/// or postgresql+asyncpg://",
        )
    keys = {
        "recording.key_file": config.recording.key_file,
        "clinical.key_file": config.clinical.key_file,
        "audit.key_file": config.audit.key_file,
    }
    for key, path in keys.items():
        for folder in (config.storage.data_path, config.recordings_path):
            if path and _is_inside(path, folder):
                yield key, f"lies in the folder {folder}: who copies that would have the key"
                return


def _objects(objects: Objects, audit_bucket: str) -> Iterator[Finding]:
    if objects.endpoint and not _is_web_address(objects.endpoint):
        yield "objects.endpoint", "must be an http or https address"
    if ".." in objects.prefix.split("/"):
        yield "objects.prefix", "must not lead out of itself"
    if bool(objects.lock_mode) != bool(objects.lock_days):
        lacking = "objects.lock_days" if objects.lock_mode else "objects.lock_mode"
        yield lacking, "a lock needs both a mode and a number of days"
    if objects.bucket:
        return
    of_store = () if audit_bucket else ("endpoint", "prefix", "credentials_file", "ca_file")
    for key in (*of_store, "spool_gb", "lock_mode"):
        if getattr(objects, key):
            yield "objects.bucket", f"is needed as soon as objects.{key} is set"
            return


def _retention(retention: Retention) -> Iterator[Finding]:
    for kind in ("video", "audio"):
        key = f"minor_{kind}_until_age"
        until_age = getattr(retention, key)
        if until_age and not getattr(retention, f"{kind}_days"):
            yield f"retention.{key}", f"keeps nothing longer: retention.{kind}_days is for ever"
        elif 0 < until_age < retention.age_of_majority:
            yield f"retention.{key}", "must not be below retention.age_of_majority"


def _audit(config: Config) -> Iterator[Finding]:
    try:
        kept = period.parse(config.audit.retention)
    except ValueError as error:
        yield "audit.retention", str(error)
    else:
        if kept is not None and kept.days < FLOOR.days:
            yield "audit.retention", "must be a year at least: who looks into something needs it"
    names = set()
    for number, text in enumerate(config.audit.witnesses, 1):
        try:
            name = witnesses.parse(text).cosigner.name
        except ValueError as error:
            yield "audit.witnesses", f"entry {number}: {error}"
            continue
        if name in names:
            yield "audit.witnesses", f"entry {number}: {name} is named twice"
        names.add(name)


def _is_inside(path: Path, folder: Path) -> bool:
    return path.resolve().is_relative_to(folder.resolve())


def _jwt(config: Config) -> Iterator[Finding]:
    jwt = config.jwt
    if not jwt.enabled:
        return
    if jwt.secret and jwt.secret_file:
        yield "jwt.secret", "give either secret or secret_file"
    if jwt.jwks_file and jwt.jwks_url:
        yield "jwt.jwks_url", "give either jwks_file or jwks_url"
    if jwt.secret and len(jwt.secret.encode()) < MIN_SECRET_BYTES:
        yield "jwt.secret", f"must have at least {MIN_SECRET_BYTES} bytes (RFC 7518, section 3.2)"
    for key in ("issuer", "audience"):
        if not getattr(jwt, key):
            yield f"jwt.{key}", "is needed as soon as bearer tokens are accepted"
    if jwt.issuer == LOCAL_ISSUER:
        yield (
            "jwt.issuer",
            f"must not be {LOCAL_ISSUER}: so the accounts of this server itself are called",
        )
    scheme = urlsplit(jwt.jwks_url).scheme
    if jwt.jwks_url and not (scheme in {"http", "https"} and _is_private(jwt.jwks_url)):
        yield "jwt.jwks_url", "must begin with https://"
    yield from _jwt_roles(jwt)
    yield from _jwt_algorithms(jwt)


def _jwt_roles(jwt: Jwt) -> Iterator[Finding]:
    if not jwt.roles:
        yield "jwt.roles", "must name a role, or no bearer token is accepted"
    if "guest" in jwt.roles:
        yield "jwt.roles", "must not name guest: guests come by links, not by tokens"


def _intake(url: str) -> Iterator[Finding]:
    if not url:
        return
    if not _is_web_address(url) or not _is_private(url):
        yield "intake.url", "must begin with https://"
    host, _, rest = url.partition("//")[2].partition("/")
    if rest.count(PATIENT) != 1 or PATIENT in host:
        yield "intake.url", f"must have {PATIENT} in its path or query, once"


def _is_private(text: str) -> bool:
    """Whether nobody else reads what is sent there."""
    url = urlsplit(text)
    return url.scheme == "https" or url.hostname in PLAIN_HOSTS


def _jwt_algorithms(jwt: Jwt) -> Iterator[Finding]:
    if (jwt.secret or jwt.secret_file) and "HS256" not in jwt.algorithms:
        yield "jwt.algorithms", "must contain HS256 when a secret is given"
    if (jwt.jwks_file or jwt.jwks_url) and not {"RS256", "ES256"} & set(jwt.algorithms):
        yield "jwt.algorithms", "must contain RS256 or ES256 when a JWKS is given"


def _ice(config: Config) -> Iterator[Finding]:
    ice = config.ice
    for key, urls, relays in (("stun", ice.stun_servers, False), ("turn", ice.turn_servers, True)):
        for number, url in enumerate(urls, 1):
            if problem := _url_problem(url, relays=relays):
                yield f"ice.{key}_servers", f"entry {number} {problem}"
    if ice.turn_static_auth_secret and (ice.turn_username or ice.turn_credential):
        yield "ice.turn_static_auth_secret", "give either this or turn_username and turn_credential"
    fixed = ice.turn_username and ice.turn_credential
    if ice.turn_servers and not (fixed or ice.turn_static_auth_secret):
        yield (
            "ice.turn_servers",
            "needs turn_username and turn_credential, or turn_static_auth_secret",
        )


def _url_problem(text: str, *, relays: bool) -> str | None:
    example = "turn:turn.example.org:3478?transport=udp" if relays else "stun:stun.example.org:3478"
    try:
        url = iceurl.parse(text)
    except ValueError as error:
        return f"{error}; write {example}"
    if url.relays != relays:
        return f"is not a {'TURN' if relays else 'STUN'} URL such as {example}"
    return None
