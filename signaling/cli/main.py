"""The `carelay` command. What goes wrong is one line on standard error, never a traceback."""

import argparse
import json
from collections.abc import Sequence
from pathlib import Path
from typing import get_args

from relay.composition import Layout
from signaling import shipped
from signaling.audit.export import ExportFormat
from signaling.audit.groups import AuditGroup, AuditOutcome
from signaling.cli import audit, auditkey, backup, database, exports, keys, recordings, serve, users
from signaling.cli.load import accountfile, accounts
from signaling.cli.load import command as load
from signaling.config.file import ConfigError
from signaling.http import openapi
from signaling.kernel.terminal import CommandError, complain, say
from signaling.kernel.tls import CertificateError
from signaling.kernel.words import Role
from signaling.ops import doctor
from storage.errors import StorageError
from storage.recordings.search import STATES

ACCOUNTS = tuple(role for role in get_args(Role) if role != "guest")
"""Roles of those who sign in; guests are made by links."""


def main(argv: Sequence[str] | None = None) -> int:
    """Entry point; returns the exit code."""
    arguments = _parser().parse_args(argv)
    try:
        code: int = arguments.run(arguments)
    except (ConfigError, CommandError, CertificateError, StorageError, OSError) as error:
        complain(" ".join(str(error).split()))
        return 1
    except KeyboardInterrupt:
        return 130
    return code


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="carelay", description="Self-hosted video consultations for clinics."
    )
    parser.add_argument("--version", action="version", version=f"carelay {shipped.version()}")
    commands = parser.add_subparsers(required=True, metavar="command")
    _add_serve(commands)
    _add(
        commands,
        "doctor",
        doctor.run,
        "check the configuration and this machine, and say what to do",
    )
    _add_users(commands)
    _add_recordings(commands)
    _add_keys(commands)
    _add_database(commands)
    _add_backup(commands)
    _add_audit(commands)
    _add_load(commands)
    _add_load_accounts(commands)
    text = "print the documented configuration file: every key, its default, what it is for"
    commands.add_parser("config", help=text, description=text).set_defaults(run=_config)
    _add(commands, "openapi", _openapi, "print the OpenAPI document")
    return parser


Commands = argparse._SubParsersAction  # noqa: SLF001  argparse has no public name for it


def _add(
    commands: "Commands[argparse.ArgumentParser]", name: str, run: object, text: str
) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = commands.add_parser(name, help=text, description=text)
    text = "default: ./config.toml if there is one, else built-in defaults"
    parser.add_argument("--config", type=Path, metavar="FILE", help=text)
    parser.set_defaults(run=run)
    return parser


def _add_serve(commands: "Commands[argparse.ArgumentParser]") -> None:
    parser = _add(commands, "serve", serve.serve, "run the server")
    parser.add_argument(
        "--demo", action="store_true", help="with made-up users and calls, on this machine only"
    )
    parser.add_argument("--host", help="instead of server.host")
    parser.add_argument("--port", help="instead of server.port")
    text = (
        "https with a certificate made here, on all interfaces: to try from a phone on the same "
        "network"
    )
    parser.add_argument("--tls", choices=["self-signed"], help=text)


def _add_users(commands: "Commands[argparse.ArgumentParser]") -> None:
    group = commands.add_parser("users", help="accounts, and who may sign in").add_subparsers(
        required=True, metavar="command"
    )
    parser = _add(group, "add", users.add, "add a user who signs in with a password here")
    parser.add_argument("username", type=users.username)
    parser.add_argument(
        "--name",
        required=True,
        type=users.name,
        help="as others see it, such as 'Dr. Elena Rivera'",
    )
    parser.add_argument("--role", required=True, choices=ACCOUNTS)
    text = "user name or id, role, issuer, state and name of everybody, separated by tabs"
    _add(group, "list", users.show, text)
    for name, run, text in (
        (
            "disable",
            users.disable,
            "let nobody sign in as a user any more, and end what is open, calls included",
        ),
        ("enable", users.enable, "let a disabled user sign in again"),
        ("role", users.role, "give a user another role"),
        ("password", users.password, "set a user's password, and sign them out everywhere"),
    ):
        parser = _add(group, name, run, text)
        parser.add_argument("user", help="user name, or the id that `list` shows")
        if name == "role":
            parser.add_argument("role", choices=ACCOUNTS)
        if name in {"disable", "enable"}:
            parser.add_argument(
                "--issuer", help="as `list` shows it, where two people have that name or id"
            )
    text = "the host platform's tokens have another issuer (`iss`) now: its users stay who they are"
    parser = _add(group, "issuer", users.issuer, text)
    parser.add_argument("before", metavar="BEFORE", type=users.platform, help="as `list` shows it")
    parser.add_argument("after", metavar="AFTER", type=users.platform, help="as jwt.issuer says it")


def _add_recordings(commands: "Commands[argparse.ArgumentParser]") -> None:
    text = "which recordings there are, and were; take encrypted ones away, and open them"
    group = commands.add_parser("recordings", help=text, description=text)
    text = (
        "id, begin, state, hold, patient, provider, and where it is or why it was erased, "
        "separated by tabs; newest first"
    )
    verbs = group.add_subparsers(required=True, metavar="command")
    show = _add(verbs, "list", recordings.show, text)
    text = "of calls in which they took part: user name, or the id that `carelay users list` shows"
    show.add_argument("--person", metavar="USER", help=text)
    show.add_argument(
        "--only",
        choices=[*STATES, "on_hold"],
    )
    text = "what expires within 30 days and is then erased: the day, then as `list` has it"
    _add(verbs, "expiring", recordings.show_expiring, text)
    text = "read recordings to their last byte, and say what was changed or is missing"
    check = _add(verbs, "verify", recordings.verify, text)
    text = "its id; default: all of them"
    check.add_argument("recording", nargs="*", type=exports.recording_id, help=text)
    text = "take what was recorded before there was a bucket to it, by way of the running servers"
    _add(verbs, "move", recordings.move, text)
    text = "take one away, encrypted as it is stored, as a bundle that proves itself"
    export = _add(verbs, "export", exports.export, text)
    export.add_argument("recording", type=exports.recording_id, help="its id")
    export.add_argument("bundle", type=Path, metavar="FILE.zip", help="a new one")
    text = "why, for the audit log"
    export.add_argument("--reason", type=exports.reason, required=True, help=text)
    text = "where recording.unlock is two_person: the id of the request that was approved"
    export.add_argument("--approval", metavar="ID", help=text)
    text = "although recording.unlock is two_person; the audit log says so"
    export.add_argument("--without-approval", action="store_true", help=text)
    text = "whether a bundle is as a server made it: no server, configuration or database is needed"
    parser = verbs.add_parser("check", help=text, description=text)
    parser.set_defaults(run=exports.check)
    _add_bundle(parser)
    text = "of the log, from a source that you trust; default: what the bundle says itself"
    parser.add_argument("--public-key", type=Path, metavar="FILE", help=text)
    text = "public key of a witness that has to have cosigned the checkpoint of the log"
    parser.add_argument("--witness", action="append", metavar="KEY", help=text)
    text = "decrypt an encrypted bundle: no server, configuration or database is needed"
    parser = verbs.add_parser("open", help=text, description=text)
    parser.set_defaults(run=exports.open_exported)
    _add_bundle(parser)
    text = "the private key, or the key file of a server that does not seal"
    parser.add_argument("--key", type=Path, metavar="FILE", help=text)
    text = "needed for a recording whose key is in KMS or a security module: it says in which"
    parser.add_argument("--config", type=Path, metavar="FILE", help=text)
    text = "also make one film of it: equal tiles, or what was shared large beside everybody"
    parser.add_argument("--film", choices=get_args(Layout), help=text)
    text = "of the plain files"
    parser.add_argument("--output", type=Path, required=True, metavar="FOLDER", help=text)


def _add_bundle(parser: argparse.ArgumentParser) -> None:
    text = "as it was exported, or the folder that it was unpacked to"
    parser.add_argument("bundle", type=Path, metavar="FILE.zip", help=text)


def _add_keys(commands: "Commands[argparse.ArgumentParser]") -> None:
    text = "the keys of the recordings and of the audit log"
    group = commands.add_parser("keys", help=text, description=text).add_subparsers(
        required=True, metavar="command"
    )
    parser = _add(group, "create", keys.create, "make the key files")
    parser.add_argument(
        "--if-missing", action="store_true", help="leave existing, intact key files as they are"
    )
    text = (
        "exchange the key of the recordings, beside a running server; or go on where it broke off"
    )
    parser = _add(group, "rotate", keys.rotate, text)
    text = "only make the new key, for servers that have a folder of keys of their own"
    parser.add_argument("--prepare", action="store_true", help=text)
    _add_create_sealed(group)


def _add_create_sealed(group: "Commands[argparse.ArgumentParser]") -> None:
    text = "make a key pair that recordings are sealed to: on the machine of who may open them"
    parser = group.add_parser("create-sealed", help=text, description=text)
    parser.set_defaults(run=keys.create_sealed)
    parser.add_argument("folder", type=Path, help="of the two files")


def _add_database(commands: "Commands[argparse.ArgumentParser]") -> None:
    group = commands.add_parser("database", help="the tables, and who may change them")
    text = (
        "PostgreSQL: make or upgrade the tables as their owner, and give the role of "
        "storage.database_url what a server needs of them, which is not to change the audit log"
    )
    parser = _add(
        group.add_subparsers(required=True, metavar="command"), "prepare", database.prepare, text
    )
    text = "of the role that owns the tables; its password: PGPASSWORD, or ?passfile=FILE"
    parser.add_argument("--owner", required=True, metavar="URL", help=text)


def _add_backup(commands: "Commands[argparse.ArgumentParser]") -> None:
    text = "copy all that the server keeps, but for the key, beside a running server or not"
    make = _add(commands, "backup", backup.make, text)
    make.add_argument(
        "folder", type=Path, help="of the backup; one that it has is brought up to date"
    )
    text = "make the data folder and the database of a backup; both must be empty"
    restore = _add(commands, "restore", backup.restore, text)
    restore.add_argument("folder", type=Path, help="of the backup")


AUDIT_FILTERS = (
    ("--begin", "TIME", "only from then on, such as 2026-03-01T00:00:00Z"),
    ("--end", "TIME", "only before then"),
    ("--actor", "ID", "only what that person did"),
    ("--group", "WORD", f"only about that: {', '.join(get_args(AuditGroup))}"),
    ("--outcome", "WORD", f"only with that: {', '.join(get_args(AuditOutcome))}"),
    ("--person", "ID", "only about that person, or a call of theirs"),
    ("--room", "ID", "only about that call"),
    ("--recording", "ID", "only about that recording"),
    ("--address", "ADDRESS", "only from that network address"),
)


def _add_audit(commands: "Commands[argparse.ArgumentParser]") -> None:
    text = "check the log of who did what, prove its rows, take it elsewhere"
    group = commands.add_parser("audit", help=text, description=text).add_subparsers(
        required=True, metavar="command"
    )
    verify = _add(group, "verify", audit.verify, "whether the log is still what was signed")
    text = "one or more, as they were kept elsewhere; default: those that the server published"
    verify.add_argument("--checkpoint", type=Path, action="append", metavar="FILE", help=text)
    prove = _add(group, "prove", audit.prove, "write a proof that a row is in the log")
    prove.add_argument("row", type=int, metavar="ROW", help="its id")
    prove.add_argument("--output", type=Path, metavar="FILE", help="default: standard output")
    check = _add(group, "check", audit.check, "check such a proof, without any database")
    check.add_argument("proof", type=Path, metavar="PROOF")
    text = "write all rows that are signed, a line of JSON each, as they were hashed"
    export = _add(group, "export", audit.export_log, text)
    text = "instead, the tree and its entries as files there (C2SP tlog-tiles)"
    export.add_argument("--tiles", type=Path, metavar="FOLDER", help=text)
    text = "as they were hashed, or as FHIR R4 AuditEvent; default: ndjson"
    export.add_argument("--format", choices=get_args(ExportFormat), help=text)
    for option, metavar, text in AUDIT_FILTERS:
        name = option.removeprefix("--")
        destination = f"{name}_id" if name in {"actor", "person", "room", "recording"} else name
        export.add_argument(option, dest=destination, metavar=metavar, help=text)
    text = "what expires within 30 days: row, time and action, separated by tabs; oldest first"
    _add(group, "expiring", audit.show_expiring, text)
    text = "let another key sign the log, which the log itself says; while no server runs"
    _add(group, "rotate-key", auditkey.rotate, text)
    for parser in (verify, prove, check):
        text = "of the log; default: `audit.pub` beside the server's key"
        parser.add_argument("--public-key", type=Path, metavar="FILE", help=text)
    for parser in (verify, prove, check, export):
        text = "public key of a witness that has to have cosigned; default: audit.witnesses"
        parser.add_argument("--witness", action="append", metavar="KEY", help=text)
    for parser in (verify, prove, export):
        text = "instead of storage.database_url"
        parser.add_argument("--database", metavar="URL", help=text)


def _add_load(commands: "Commands[argparse.ArgumentParser]") -> None:
    text = "make calls to a running server, from here, to see how many it holds"
    parser = commands.add_parser("load", help=text, description=text)
    parser.set_defaults(run=load.run)
    parser.add_argument("url", metavar="URL", help="the server, such as https://video.example.org")
    _add_accounts_file(parser, "--accounts")
    parser.add_argument(
        "--calls", type=load.calls, help="at once; default: as many as there are accounts for"
    )
    parser.add_argument(
        "--seconds", type=load.number(1, 86_400, "seconds"), default=60.0, help="default: 60"
    )
    text = "new calls a second, default: 4"
    parser.add_argument(
        "--ramp", type=load.number(0.1, 50, "calls a second"), default=4.0, help=text
    )
    parser.add_argument("--audio-only", action="store_true", help="no cameras")
    parser.add_argument(
        "--record", action="store_true", help="all calls; the recordings stay on the server"
    )
    text = "of the packets lost on purpose, each way"
    parser.add_argument(
        "--loss", type=load.number(0, 20, "percent"), default=0.0, metavar="PERCENT", help=text
    )
    text = "a certificate to trust, for a server that has a self-signed one"
    parser.add_argument("--trust", type=Path, metavar="FILE.pem", help=text)
    parser.add_argument(
        "--beside-calls", action="store_true", help="also while others have calls on this server"
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all figures there, too")


def _add_load_accounts(commands: "Commands[argparse.ArgumentParser]") -> None:
    text = "on the server: accounts for `carelay load`, which are nobody's"
    group = commands.add_parser("load-accounts", help=text, description=text)
    verbs = group.add_subparsers(required=True, metavar="command")
    create = _add(
        verbs, "create", accounts.create, "make them, or enable them again with new passwords"
    )
    create.add_argument(
        "--calls", type=load.calls, default=24, help="two accounts each; default: 24"
    )
    _add_accounts_file(create, "--output")
    remove = _add(verbs, "remove", accounts.remove, "disable all of them")
    _add_accounts_file(remove, "--output")


def _add_accounts_file(parser: argparse.ArgumentParser, option: str) -> None:
    text = f"with their passwords; default: ./{accountfile.DEFAULT}"
    parser.add_argument(option, type=Path, default=accountfile.DEFAULT, metavar="FILE", help=text)


def _config(_: argparse.Namespace) -> int:
    say(shipped.config_text().rstrip())
    return 0


def _openapi(_: argparse.Namespace) -> int:
    say(json.dumps(openapi.document(), indent=2))
    return 0
