"""The configuration: complete in place, overridden by the environment, and wrong in one line
that names the key.
"""

import tomllib
from pathlib import Path

import pytest

from signaling.config import Config
from signaling.config.file import ALIASES, ConfigError, keys, load, variable_of
from signaling.kernel.network import Network
from storage.people.login_sessions import LONGEST_GRACE

ROOT = Path(__file__).parents[3]
SECRET = "s" * 32


def write(folder: Path, text: str) -> Path:
    path = folder / "config.toml"
    path.write_text(text)
    return path


def refusal(
    folder: Path, text: str = "", environ: dict[str, str] | None = None, *, files: bool = False
) -> str:
    """The one line that stops the start."""
    with pytest.raises(ConfigError) as caught:
        load(write(folder, text), environ or {}, files_must_exist=files)
    line = str(caught.value)
    assert "\n" not in line
    return line


def test_the_shipped_file_is_the_defaults() -> None:
    assert load(ROOT / "config.toml", {}, files_must_exist=False) == Config()


def test_the_shipped_file_has_every_key_and_each_has_a_comment() -> None:
    text = (ROOT / "config.toml").read_text()
    tables = tomllib.loads(text)
    assert {f"{section}.{key}" for section, table in tables.items() for key in table} == set(keys())
    blocks = text.split("\n[")[1:]
    assert all(block.splitlines()[1].startswith(("#", "name")) for block in blocks)


def test_an_empty_file_is_a_configuration(tmp_path: Path) -> None:
    assert load(write(tmp_path, ""), {}, files_must_exist=False) == Config()


def test_the_environment_wins_over_the_file_and_options_over_both(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        "[server]\nport = 1\n[calls]\nring_timeout_seconds = 10\n[auth]\nsession_hours = 2",
    )
    environ = {"CARELAY_SERVER_PORT": "2", "CARELAY_CALLS_RING_TIMEOUT_SECONDS": "20", "HOME": "/x"}
    config = load(path, environ, {"server.port": "3"}, files_must_exist=False)
    assert (config.server.port, config.calls.ring_timeout_seconds, config.auth.session_hours) == (
        3,
        20,
        2,
    )


def test_every_key_can_be_set_in_the_environment(tmp_path: Path) -> None:
    assert len({variable_of(key) for key in keys()}) == len(keys())
    assert set(ALIASES.values()) <= set(keys())


def test_text_becomes_lists_numbers_truth_values_paths_and_networks(tmp_path: Path) -> None:
    environ = {
        "WEBRTC_STUN_SERVERS": "stun:a.example:3478, stun:b.example",
        "WEBRTC_TURN_SERVERS": "turn:t.example:3478?transport=udp",
        "CARELAY_ICE_TURN_STATIC_AUTH_SECRET": "x",
        "RECORDING_STORAGE_PATH": "/srv/recordings",
        "MAX_CALL_DURATION_MINUTES": "90",
        "CARELAY_RECORDING_ENABLED": "false",
        "CARELAY_SERVER_TRUSTED_PROXIES": "10.0.0.0/8,::1",
        "CARELAY_SERVER_TLS_KEY_FILE": "",
    }
    config = load(write(tmp_path, ""), environ, files_must_exist=False)
    assert config.ice.stun_servers == ("stun:a.example:3478", "stun:b.example")
    assert config.ice.turn_servers == ("turn:t.example:3478?transport=udp",)
    assert config.recordings_path == Path("/srv/recordings")
    assert config.calls.max_duration_minutes == 90
    assert config.recording.enabled is False
    assert config.server.trusted_proxies == (Network("10.0.0.0/8"), Network("::1"))
    assert config.server.tls_key_file is None


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("[server]\nprot = 1", "server.prot (config.toml): unknown key; did you mean server.port?"),
        ("[sever]\nport = 1", "sever (config.toml): unknown section; did you mean server?"),
        ("port = 1", "port (config.toml): unknown section"),
        ("server = 1", "server (config.toml): is a section; write [server] on a line of its own"),
        (
            "[server]\nport = 70000",
            "server.port (config.toml): expected a whole number <= 65535, not 70000",
        ),
        ("[server]\nport = 0", "server.port (config.toml): expected a whole number >= 1, not 0"),
        ("[server]\nport = '80'", "server.port (config.toml): expected a whole number, got text"),
        (
            "[server]\nport = 1.5",
            "server.port (config.toml): expected a whole number, got a number, not 1.5",
        ),
        (
            "[recording]\nenabled = 'yes'",
            "recording.enabled (config.toml): expected true or false, got text",
        ),
        ("[server]\nhost = ''", "server.host (config.toml): expected text of length >= 1"),
        (
            "[server]\nweb_path = 7",
            "server.web_path (config.toml): expected text, got a whole number, not 7",
        ),
        (
            "[relay]\nvideo_codecs = ['AV1']",
            "relay.video_codecs (config.toml): invalid enum value 'AV1'",
        ),
        (
            "[relay]\nhost = 'media.example'",
            "relay.host (config.toml): media.example is not an IP address",
        ),
        (
            "[relay]\nannounced_addresses = ['x']",
            "relay.announced_addresses (config.toml): x is not an IP address",
        ),
        (
            "[relay]\nport = 65535\nengine_threads = 2",
            "relay.engine_threads (config.toml): there are not so many ports from 65535 on",
        ),
        (
            "[calls]\nwarning_minutes = 60",
            "calls.warning_minutes (config.toml): must be less than calls.max_duration_minutes",
        ),
        (
            "[storage]\ndatabase_url = 'mysql://x'",
            (
                "storage.database_url (config.toml): must begin with sqlite+aiosqlite:/// or "
                "postgresql+asyncpg://"
            ),
        ),
        (
            "[recording]\nkey_file = 'data/recording.key'",
            (
                "recording.key_file (config.toml): lies in the folder data: who copies that would "
                "have the key"
            ),
        ),
        (
            "[server]\npublic_url = 'video.example.org'",
            (
                "server.public_url (config.toml): must be an origin such as "
                "https://video.example.org, without a path"
            ),
        ),
        (
            "[server]\ntls_key_file = 'k'",
            (
                "server.tls_certificate_file (default): TLS needs both a certificate file and a "
                "key file"
            ),
        ),
        (
            "[ice]\nstun_servers = ['https://x']",
            (
                "ice.stun_servers (config.toml): entry 1 is not of the form "
                "scheme:host:port?transport=udp|tcp; write stun:stun.example.org:3478"
            ),
        ),
        (
            "[ice]\nturn_servers = ['turn:127.0.0.1:abc']",
            (
                "ice.turn_servers (config.toml): entry 1 is not of the form "
                "scheme:host:port?transport=udp|tcp; write "
                "turn:turn.example.org:3478?transport=udp"
            ),
        ),
        (
            "[ice]\nturn_servers = ['turn:t']",
            (
                "ice.turn_servers (config.toml): needs turn_username and turn_credential, or "
                "turn_static_auth_secret"
            ),
        ),
        (
            "[jwt]\nsecret = 'short'\nissuer = 'a'\naudience = 'b'",
            "jwt.secret (config.toml): must have at least 32 bytes (RFC 7518, section 3.2)",
        ),
        (
            f"[jwt]\nsecret = '{SECRET}'\naudience = 'b'",
            "jwt.issuer (default): is needed as soon as bearer tokens are accepted",
        ),
        (
            f"[jwt]\nsecret = '{SECRET}'\nissuer = 'local'\naudience = 'b'",
            (
                "jwt.issuer (config.toml): must not be local: so the accounts of this server "
                "itself are called"
            ),
        ),
        (
            f"[jwt]\nsecret = '{SECRET}'\nissuer = 'a'\naudience = 'b'\nroles = []",
            "jwt.roles (config.toml): must name a role, or no bearer token is accepted",
        ),
        (
            "[intake]\nurl = 'http://x.example/{patient_id}'",
            "intake.url (config.toml): must begin with https://",
        ),
        (
            "[intake]\nurl = 'https://x.example/intake'",
            "intake.url (config.toml): must have {patient_id} in its path or query, once",
        ),
        (
            "[jwt]\njwks_url = 'http://x.example/keys'\nissuer = 'a'\naudience = 'b'",
            "jwt.jwks_url (config.toml): must begin with https://",
        ),
        (
            (
                "[jwt]\njwks_url = 'https://x.example/keys'\nissuer = 'a'\naudience = 'b'\n"
                "algorithms = ['HS256']"
            ),
            "jwt.algorithms (config.toml): must contain RS256 or ES256 when a JWKS is given",
        ),
    ],
)
def test_what_is_wrong_is_one_line_that_names_the_key(tmp_path: Path, text: str, line: str) -> None:
    assert refusal(tmp_path, text) == line


@pytest.mark.parametrize(
    "url",
    [
        "x.example",
        "ftp://x.example",
        "http://",
        "http://a..b/x",
        "http://[::1/x",
        "http://x:99999",
        "http://x y",
    ],
)
def test_a_webhook_that_could_never_be_asked_is_refused(tmp_path: Path, url: str) -> None:
    line = "emergency.webhook_url (config.toml): must be an http or https address"
    assert refusal(tmp_path, f"[emergency]\nwebhook_url = '{url}'") == line


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:8080/x", "http://[::1]:8080", "https://münchen.example/alert?a=b"]
)
def test_a_webhook_that_could_be_asked_is_not(tmp_path: Path, url: str) -> None:
    path = write(tmp_path, f"[emergency]\nwebhook_url = '{url}'")
    assert load(path, {}, files_must_exist=False).emergency.webhook_url == url


@pytest.mark.parametrize(
    ("text", "key", "words"),
    [
        ("endpoint = 'minio:9000'", "endpoint", "must be an http or https address"),
        ("prefix = 'a/../b'", "prefix", "must not lead out of itself"),
        ("lock_mode = 'compliance'", "lock_days", "a lock needs both a mode and a number of days"),
        ("lock_days = 3", "lock_mode", "a lock needs both a mode and a number of days"),
    ],
)
def test_a_bucket_that_could_never_be_used_is_refused(
    tmp_path: Path, text: str, key: str, words: str
) -> None:
    told = refusal(tmp_path, f"[objects]\nbucket = 'recordings'\n{text}")
    assert told.startswith(f"objects.{key} (")
    assert told.endswith(words)


def test_what_a_bucket_needs_is_refused_without_one(tmp_path: Path) -> None:
    for text in ("prefix = 'x'", "spool_gb = 7", "endpoint = 'https://minio.example'"):
        name = text.partition(" ")[0]
        told = refusal(tmp_path, f"[objects]\n{text}")
        assert told == f"objects.bucket (default): is needed as soon as objects.{name} is set"
    audit = "[audit]\nbucket = 'checkpoints'\n[objects]\nendpoint = 'https://minio.example'"
    assert load(write(tmp_path, audit), {}, files_must_exist=False).objects.bucket == ""
    file = "[recording]\nenabled = false\n[objects]\nbucket = 'recordings'\ncredentials_file = 'x'"
    assert "x does not exist" in refusal(tmp_path, file, files=True)


@pytest.mark.parametrize("address", ["dienst.müller@practice.example", "duty@präxis.example"])
def test_an_email_address_that_many_servers_refuse_is_refused(tmp_path: Path, address: str) -> None:
    smtp = (
        "[smtp]\nhost = 'mail.example'\nsender = '%s'\n[emergency]\n"
        "email_to = ['duty@practice.example'%s]"
    )
    why = "has letters that many mail servers refuse: write it in ASCII, a domain as xn--..."
    told = refusal(tmp_path, smtp % ("carelay@practice.example", f", '{address}'"))
    assert told == f"emergency.email_to (config.toml): entry 2 {why}"
    assert (
        refusal(tmp_path, smtp % (f"Präxis <{address}>", "")) == f"smtp.sender (config.toml): {why}"
    )
    load(
        write(tmp_path, smtp % ("Präxis <carelay@practice.example>", "")),
        {},
        files_must_exist=False,
    )


@pytest.mark.parametrize(
    ("environ", "line"),
    [
        (
            {"CARELAY_SERVER_PORT": "70000"},
            "server.port (CARELAY_SERVER_PORT): expected a whole number <= 65535, not 70000",
        ),
        (
            {"CARELAY_SERVER_PORT": "eighty"},
            "server.port (CARELAY_SERVER_PORT): expected a whole number, got text",
        ),
        (
            {"CARELAY_SERVER_PROT": "1"},
            (
                "CARELAY_SERVER_PROT (environment): unknown variable; did you mean "
                "CARELAY_SERVER_PORT?"
            ),
        ),
        (
            {"MAX_CALL_DURATION_MINUTES": "0"},
            (
                "calls.max_duration_minutes (MAX_CALL_DURATION_MINUTES): expected a whole number "
                ">= 1, not 0"
            ),
        ),
        (
            {"RECORDING_STORAGE_PATH": "a", "CARELAY_RECORDING_PATH": "b"},
            "recording.path (RECORDING_STORAGE_PATH and CARELAY_RECORDING_PATH): is set twice",
        ),
        (
            {"CARELAY_METRICS_ALLOWED_NETWORKS": "10.0.0.0/99"},
            (
                "metrics.allowed_networks (CARELAY_METRICS_ALLOWED_NETWORKS): '10.0.0.0/99' is not "
                "a network"
            ),
        ),
    ],
)
def test_a_wrong_variable_is_named(tmp_path: Path, environ: dict[str, str], line: str) -> None:
    assert refusal(tmp_path, environ=environ) == line


def test_a_secret_is_not_repeated_in_the_error(tmp_path: Path) -> None:
    assert "hunter2" not in refusal(tmp_path, environ={"CARELAY_JWT_SECRET": "hunter2"})


def test_a_missing_key_file_stops_the_start_and_tells_how_to_make_one(tmp_path: Path) -> None:
    line = refusal(tmp_path, f"[recording]\nkey_file = '{tmp_path}/none.key'", files=True)
    path = f"recording.key_file (config.toml): {tmp_path}/none.key"
    assert line == f"{path} does not exist; `carelay keys create` makes one"


def test_a_missing_tls_file_stops_the_start(tmp_path: Path) -> None:
    text = f"[server]\ntls_certificate_file = '{tmp_path}/c.pem'\ntls_key_file = '{tmp_path}/k.pem'"
    line = refusal(tmp_path, text, files=True)
    assert line == f"server.tls_certificate_file (config.toml): {tmp_path}/c.pem does not exist"


@pytest.mark.parametrize(
    ("content", "key", "words"),
    [
        (b"short", "secret_file", "must hold at least 32 bytes"),
        (b"{}", "jwks_file", "is not a JSON Web Key Set"),
        (b'{"keys": []}', "jwks_file", "has no RS256 or ES256 public key"),
        (b"\xff\xfe", "jwks_file", "is not a JSON Web Key Set"),
    ],
)
def test_files_that_cannot_work_stop_the_start(
    tmp_path: Path, content: bytes, key: str, words: str
) -> None:
    (tmp_path / "file").write_bytes(content)
    text = (
        "[recording]\nenabled = false\n[jwt]\nissuer = 'a'\naudience = 'b'\n"
        f"{key} = '{tmp_path}/file'"
    )
    line = refusal(tmp_path, text, files=True)
    assert line.startswith(f"jwt.{key} (config.toml): ")
    assert words in line


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("en.txt", b"version: 1\n\nI agree.", "en.txt has no line `id: …` at its beginning"),
        ("en.txt", b"id: a\nversion: 1\n\n \n", "en.txt has no text after an empty line"),
        ("en.txt", b"id: a\nversion: 1\nowner: b\n\nI agree.", "unknown field `owner`"),
        ("en.txt", b"id: a\nversion: 1\n\n\xff", "en.txt is not UTF-8"),
        ("a b.txt", b"id: a\nversion: 1\n\nI agree.", "$.language"),
        ("en.md", b"", "has no text, such as en.txt"),
    ],
)
def test_a_consent_text_that_cannot_be_read_stops_the_start(
    tmp_path: Path, name: str, content: bytes, words: str
) -> None:
    (tmp_path / "texts").mkdir()
    (tmp_path / "texts" / name).write_bytes(content)
    text = f"[recording]\nenabled = false\n[consent]\ntexts_path = '{tmp_path}/texts'"
    line = refusal(tmp_path, text, files=True)
    assert line.startswith(f"consent.texts_path (config.toml): {tmp_path}/texts")
    assert words in line


def test_there_is_a_consent_text_in_the_language_for_everybody_else(tmp_path: Path) -> None:
    text = "[recording]\nenabled = false\n[consent]\nlanguage = 'pt-BR'"
    assert refusal(tmp_path, text, files=True) == (
        "consent.language (config.toml): there is no text in this language: pt-BR.txt"
    )


def test_a_file_that_is_no_toml_or_not_there_is_told(tmp_path: Path) -> None:
    assert refusal(tmp_path, "[server").startswith(f"{tmp_path}/config.toml: cannot be read: ")
    with pytest.raises(ConfigError, match="no such file; name one with --config"):
        load(tmp_path / "none.toml", {})


def test_guests_stay_signed_in_for_as_long_as_a_call_can_last(tmp_path: Path) -> None:
    most = write(tmp_path, "[calls]\nmax_duration_minutes = 1440")
    assert load(most, {}, files_must_exist=False).calls.longest == LONGEST_GRACE
    assert "max_duration_minutes" in refusal(tmp_path, "[calls]\nmax_duration_minutes = 1441")
