"""The configuration as typed values. config.toml documents every key in place; file.py reads it.

The defaults here are those of the shipped config.toml (a test holds them together). Paths are
relative to the working directory of the server.
"""

from datetime import timedelta
from pathlib import Path
from typing import Annotated, Literal, get_args

from msgspec import Meta, Struct, field

from signaling import shipped
from signaling.kernel.network import LOOPBACK, Network
from signaling.kernel.words import FileType, OnWithdrawal, Role, UnlockPolicy, VideoCodec

Port = Annotated[int, Meta(ge=1, le=65535)]
Seconds = Annotated[int, Meta(ge=1, le=3600)]
Minutes = Annotated[int, Meta(ge=1, le=1440)]
EmailAddress = Annotated[str, Meta(min_length=3, max_length=254, pattern="^[^@\\s,]+@[^@\\s,]+$")]
Secret = Annotated[str, Meta(extra={"secret": True})]
"""Whoever knows it can do something: it is in no log."""
BucketName = Annotated[str, Meta(max_length=63, pattern="^([A-Za-z0-9][A-Za-z0-9._-]{2,62})?$")]
Algorithm = Literal["HS256", "RS256", "ES256"]
MOST_EXTENSION_MINUTES = 60
"""Of all extensions of a call together."""
LANGUAGE_TAG = "^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$"  # BCP 47


class Section(Struct, forbid_unknown_fields=True, kw_only=True, frozen=True):
    """One table of config.toml."""


class Practice(Section, frozen=True):
    """[practice]"""

    name: Annotated[str, Meta(min_length=1, max_length=120)] = "carelay"
    provider_scope: Literal["own", "all"] = "all"
    country: Annotated[str, Meta(pattern="^([A-Z]{2})?$(?!\\n)")] = ""


class Server(Section, frozen=True):
    """[server]: HTTP and WebSocket."""

    host: Annotated[str, Meta(min_length=1)] = "127.0.0.1"
    port: Port = 8080
    public_url: str = ""
    tls_certificate_file: Path | None = None
    tls_key_file: Path | None = None
    trusted_proxies: tuple[Network, ...] = ()
    web_path: Path | None = None


class Relay(Section, frozen=True):
    """[relay]: media over UDP."""

    # Browsers reach the media port from outside this machine.
    host: Annotated[str, Meta(min_length=1)] = "0.0.0.0"  # noqa: S104
    port: Annotated[int, Meta(ge=0, le=65535)] = 3478
    engine_threads: Annotated[int, Meta(ge=1, le=64)] = 1
    announced_addresses: tuple[str, ...] = ()
    video_codecs: Annotated[tuple[VideoCodec, ...], Meta(min_length=1)] = ("VP8",)
    max_video_bitrate_kbps: Annotated[int, Meta(ge=100, le=20_000)] = 2500


class Calls(Section, frozen=True):
    """[calls]"""

    ring_timeout_seconds: Seconds = 45
    reconnect_seconds: Seconds = 60
    max_duration_minutes: Minutes = 60
    warning_minutes: Annotated[int, Meta(ge=0, le=60)] = 5

    @property
    def longest(self) -> timedelta:
        """How long a call lasts whose provider extends it by as much as they can."""
        return timedelta(minutes=self.max_duration_minutes + MOST_EXTENSION_MINUTES)


class Storage(Section, frozen=True):
    """[storage]: the database and the folder for what is not media."""

    data_path: Path = Path("data")
    database_url: Secret = ""
    lease_seconds: Annotated[int, Meta(ge=6, le=3600)] = 120


KeyKind = Literal["file", "sealed", "kms", "pkcs11"]
"""What wraps the keys of recordings."""


class Recording(Section, frozen=True):
    """[recording]"""

    enabled: bool = True
    path: Path | None = None
    keys: KeyKind = "file"
    key_file: Path = Path("keys/recording.key")
    public_key_file: Path = Path("keys/recording.pub")
    kms_key: Annotated[str, Meta(max_length=255)] = ""
    pkcs11_module: Path | None = None
    pkcs11_token: Annotated[str, Meta(max_length=32)] = ""
    pkcs11_key: Annotated[str, Meta(max_length=255)] = ""
    pkcs11_pin_file: Path | None = None
    reserve_mb: Annotated[int, Meta(ge=0, le=1_000_000)] = 512
    on_withdrawal: OnWithdrawal = "keep"
    unlock: UnlockPolicy = "single"
    unlock_minutes: Minutes = 60
    unlock_request_hours: Annotated[int, Meta(ge=1, le=168)] = 24
    export_hours: Annotated[int, Meta(ge=1, le=168)] = 24
    break_glass_minutes: Annotated[int, Meta(ge=0, le=240)] = 15


class Clinical(Section, frozen=True):
    """[clinical]: what is written beside calls."""

    key_file: Path | None = None
    file_mb: Annotated[int, Meta(ge=0, le=100)] = 20
    files_per_call: Annotated[int, Meta(ge=1, le=200)] = 50
    files_mb_per_call: Annotated[int, Meta(ge=1, le=10_000)] = 200
    file_types: tuple[FileType, ...] = get_args(FileType)
    clamav: Annotated[str, Meta(max_length=255, pattern="^(|/.+|tcp://.+:[0-9]{1,5})$")] = ""


class Objects(Section, frozen=True):
    """[objects]: a bucket for recordings that are complete."""

    bucket: BucketName = ""
    endpoint: str = ""
    region: Annotated[str, Meta(min_length=1, max_length=64)] = "us-east-1"
    prefix: Annotated[str, Meta(max_length=200, pattern="^[A-Za-z0-9/._-]*$")] = ""
    credentials_file: Path | None = None
    ca_file: Path | None = None
    spool_gb: Annotated[int, Meta(ge=0, le=1_000_000)] = 0
    lock_mode: Literal["", "governance", "compliance"] = ""
    lock_days: Annotated[int, Meta(ge=0, le=36_500)] = 0


class Retention(Section, frozen=True):
    """[retention]: how long recordings are kept."""

    video_days: Annotated[int, Meta(ge=0, le=36_500)] = 0
    audio_days: Annotated[int, Meta(ge=0, le=36_500)] = 0
    minor_video_until_age: Annotated[int, Meta(ge=0, le=100)] = 0
    minor_audio_until_age: Annotated[int, Meta(ge=0, le=100)] = 0
    age_of_majority: Annotated[int, Meta(ge=1, le=30)] = 18
    notice_days: Annotated[int, Meta(ge=1, le=365)] = 30


class Audit(Section, frozen=True):
    """[audit]: the log of who did what."""

    retention: Annotated[str, Meta(max_length=32)] = "6 years"
    key_file: Path | None = None
    witnesses: tuple[str, ...] = ()
    bucket: BucketName = ""


class Auth(Section, frozen=True):
    """[auth]: signing in with a password here."""

    session_hours: Annotated[int, Meta(ge=1, le=168)] = 12
    login_attempts: Annotated[int, Meta(ge=1, le=1000)] = 10
    login_window_seconds: Seconds = 300


class Jwt(Section, frozen=True):
    """[jwt]: bearer tokens of the host platform."""

    algorithms: tuple[Algorithm, ...] = ("HS256", "RS256", "ES256")
    issuer: Annotated[str, Meta(max_length=255)] = ""
    audience: str = ""
    secret: Secret = ""
    secret_file: Path | None = None
    jwks_file: Path | None = None
    jwks_url: str = ""
    leeway_seconds: Annotated[int, Meta(ge=0, le=300)] = 30
    roles: tuple[Role, ...] = ("patient", "provider")
    """What a token may make its bearer."""

    @property
    def enabled(self) -> bool:
        """Whether any key to check a token with is configured."""
        return bool(self.secret or self.secret_file or self.jwks_file or self.jwks_url)


class Ice(Section, frozen=True):
    """[ice]: what browsers use to get through their own firewalls."""

    stun_servers: tuple[str, ...] = ()
    turn_servers: tuple[str, ...] = ()
    turn_username: str = ""
    turn_credential: Secret = ""
    turn_static_auth_secret: Secret = ""


class Emergency(Section, frozen=True):
    """[emergency]: shown to everybody in a call when one of them presses the emergency button."""

    phone: Annotated[str, Meta(min_length=1, max_length=40)] = "112"
    instructions: Annotated[str, Meta(max_length=2000)] = ""
    practice_phone: Annotated[str, Meta(max_length=40)] = ""
    numbers_file: Path | None = None
    email_to: tuple[EmailAddress, ...] = ()
    webhook_url: Secret = ""


class Smtp(Section, frozen=True):
    """[smtp]: how e-mail is sent."""

    host: str = ""
    port: Port = 587
    security: Literal["starttls", "tls", "none"] = "starttls"
    username: str = ""
    password: Secret = ""
    sender: str = ""


class Sms(Section, frozen=True):
    """[sms]: how text messages are sent."""

    url: Secret = ""
    authorization: Secret = ""
    body: Annotated[str, Meta(max_length=2000)] = '{"to": "{to}", "text": "{text}"}'


PUSH_SERVICES = (
    "https://fcm.googleapis.com",
    "https://*.push.services.mozilla.com",
    "https://*.push.apple.com",
    "https://*.notify.windows.com",
)
"""Of Chrome and its kin, Firefox, Safari, and Edge."""


class Push(Section, frozen=True):
    """[push]: how calls ring while no page is open."""

    contact: str = ""
    key_file: Path | None = None
    services: tuple[str, ...] = PUSH_SERVICES


class Guests(Section, frozen=True):
    """[guests]: links for people without an account."""

    early_minutes: Minutes = 30
    grace_minutes: Minutes = 30


class Consent(Section, frozen=True):
    """[consent]: the words that people agree to before a recording."""

    texts_path: Path | None = None
    language: Annotated[str, Meta(max_length=35, pattern=LANGUAGE_TAG)] = "en"
    require_shown: bool = False


class Intake(Section, frozen=True):
    """[intake]: where the answers of patients to questionnaires are pulled from."""

    url: str = ""


class Metrics(Section, frozen=True):
    """[metrics]: who may read /metrics."""

    allowed_networks: tuple[Network, ...] = LOOPBACK


class Log(Section, frozen=True):
    """[log]"""

    level: Literal["debug", "info", "warning", "error"] = "info"


class Config(Struct, forbid_unknown_fields=True, kw_only=True, frozen=True):
    """All of config.toml; what is derived from more than one key is a property here."""

    practice: Practice = field(default_factory=Practice)
    server: Server = field(default_factory=Server)
    relay: Relay = field(default_factory=Relay)
    calls: Calls = field(default_factory=Calls)
    storage: Storage = field(default_factory=Storage)
    recording: Recording = field(default_factory=Recording)
    clinical: Clinical = field(default_factory=Clinical)
    objects: Objects = field(default_factory=Objects)
    retention: Retention = field(default_factory=Retention)
    audit: Audit = field(default_factory=Audit)
    auth: Auth = field(default_factory=Auth)
    jwt: Jwt = field(default_factory=Jwt)
    ice: Ice = field(default_factory=Ice)
    emergency: Emergency = field(default_factory=Emergency)
    smtp: Smtp = field(default_factory=Smtp)
    sms: Sms = field(default_factory=Sms)
    push: Push = field(default_factory=Push)
    guests: Guests = field(default_factory=Guests)
    consent: Consent = field(default_factory=Consent)
    intake: Intake = field(default_factory=Intake)
    metrics: Metrics = field(default_factory=Metrics)
    log: Log = field(default_factory=Log)

    @property
    def database_url(self) -> str:
        """SQLAlchemy URL; without one, SQLite in the data folder."""
        return (
            self.storage.database_url
            or f"sqlite+aiosqlite:///{self.storage.data_path / 'carelay.sqlite3'}"
        )

    @property
    def pages_path(self) -> Path:
        """Folder of the built pages; those that came with the package, if no other is named."""
        return self.server.web_path or shipped.pages_path()

    @property
    def audit_key_file(self) -> Path:
        """What checkpoints of the audit log are signed with; beside the recordings' key."""
        return self.audit.key_file or self.recording.key_file.with_name("audit.key")

    @property
    def push_key_file(self) -> Path:
        """What push services know this installation by."""
        return self.push.key_file or self.recording.key_file.with_name("push.key")

    @property
    def clinical_key_file(self) -> Path:
        """What wraps the keys of chat, notes and answers where recordings are sealed."""
        return self.clinical.key_file or self.recording.key_file.with_name("clinical.key")

    @property
    def tombstones_path(self) -> Path:
        """File of what was erased; beside the recordings' key, so that no backup holds it."""
        return self.recording.key_file.with_name("erased-recordings")

    @property
    def clinical_tombstones_path(self) -> Path:
        """The same of clinical records."""
        return self.recording.key_file.with_name("erased-clinical")

    @property
    def checkpoints_path(self) -> Path:
        """File of the checkpoints that were published."""
        return self.storage.data_path / "audit-checkpoints"

    @property
    def recordings_path(self) -> Path:
        """Folder of the encrypted recordings."""
        return self.recording.path or self.storage.data_path / "recordings"
