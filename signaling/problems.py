"""What developers of clients read about each error: one English text a code, which both shells use.

The pages have words of their own, in the reader's language, by the same codes and parameters.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from signaling.kernel.errors import DomainError, Malformed, Parameter, Unavailable
from storage.errors import DatabaseUnavailable, InvalidCursor, StorageError


@dataclass(frozen=True)
class Text:
    """Templates take the error's parameters by name; `{wait}` is its seconds in words."""

    title: str
    detail: str | None = None
    """Of an error without a reason; none if each has one."""
    reasons: Mapping[str, str] = field(default_factory=dict)


TEXTS: dict[str, Text] = {
    # --- what is asked cannot be read
    "bad_request": Text("Bad request", "The request cannot be understood."),
    "invalid_json": Text("Invalid JSON", "{problem}", {"body": "The body is no JSON: {problem}."}),
    "invalid_message": Text("Invalid message", "{problem}"),
    "invalid_body": Text(
        "Invalid request",
        "{problem}.",
        {
            "field": "{field}: {problem}.",
            "not_well_formed": "The request's body is not well-formed.",
        },
    ),
    "invalid_parameter": Text("Invalid parameter", "{parameter}: {problem}."),
    "invalid_cursor": Text("Invalid cursor", "This page cursor was not given out by this server."),
    "unexpected_answer": Text("No offer to answer", "This server never offers."),
    "already_signed_in": Text("Already signed in", "Authenticate only once, first."),
    "side_not_possible": Text(
        "Not possible", "Somebody with the role {role} cannot be invited as {side}."
    ),
    "unknown_time_zone": Text(
        "Unknown time zone", "The IANA database has no time zone {time_zone}."
    ),
    "appointment_time": Text(
        "Not possible", "An appointment cannot be long past, nor more than {days} days ahead."
    ),
    "span_not_possible": Text(
        "Not possible",
        "`before` has to be later than `after`, by at most {days} days, and no date far off.",
    ),
    "provider_needed": Text("Provider needed", "Say whose calendar it is for: `provider_id`."),
    "recurrence_not_possible": Text(
        "The rule cannot be used",
        reasons={
            "not_read": (
                "A rule is a RECUR of RFC 5545 that is daily, weekly, monthly or yearly, such as "
                "FREQ=WEEKLY;COUNT=10."
            ),
            "no_end": "A rule needs an end: either COUNT or UNTIL.",
            "not_the_first": "The first appointment is not one of those that the rule has.",
            "too_many": "A rule has at most {limit} appointments, within two years.",
        },
    ),
    "recurrence_needed": Text(
        "Rule needed", "Moved like this, the series recurs by another rule: say which (`rule`)."
    ),
    "fhir_appointment": Text(
        "The resource cannot be used",
        reasons={
            "modified": "It has a modifierExtension or implicitRules, which are not known here.",
            "patient": "None of its participants is a Patient.",
            "status": "This status cannot be given to it.",
            "both": "Its times and its status change one at a time.",
            "times": "It needs start and end, with time zones, 5 to 480 minutes apart.",
            "values": "An id, the description or the time zone is not possible.",
        },
    ),
    "connection_tests_full": Text(
        "Too many tests", "Others are testing their connections; try again in {seconds} seconds."
    ),
    "intake_time": Text("Not possible", "`completed_at` lies in the future, or before 1950."),
    "fhir_questionnaire_response": Text(
        "The resource cannot be used",
        reasons={
            "modified": "It has a modifierExtension or implicitRules, which are not known here.",
            "status": "Only what is completed or amended is kept.",
            "authored": "It needs `authored`, with a time zone.",
            "patient": "Its subject is not a Patient.",
            "other_patient": "Its subject is another patient.",
            "identifier": "It needs an identifier or an id, by which it is kept once.",
            "answer": "The answer to {item} is a file or a reference, which is not kept.",
            "values": "An id or a text in it is too long, or there are too many answers.",
        },
    ),
    "bad_offer": Text("The offer cannot be answered", "{problem}"),
    "invalid_person": Text(
        "Not possible",
        reasons={
            "name": "`name` is empty.",
            "username": "`username` is up to 128 letters, digits and . _ - @ +, without spaces.",
            "birth_date": "`birth_date` lies in the future, or more than 150 years back.",
            "language": "`language` is not a language tag (BCP 47), such as pt-BR.",
            "time_zone": "`time_zone` is not a name of the IANA database, such as Europe/Lisbon.",
            "phone": "`phone` is not an E.164 number, such as +351211234567.",
            "email": "`email` is not an e-mail address.",
            "contact": "`contact.phone` is not an E.164 number, such as +351211234567.",
        },
    ),
    "guest_role": Text("Not possible", "Guests have no accounts; they get links."),
    "address_needed": Text("No address", "Say where to send it by {channel}: `address`."),
    "email_needed": Text("No address", "This person has no e-mail address."),
    "username_needed": Text("No user name", "This person has no user name to sign in with."),
    "password_too_short": Text("Too short", "A password has at least {least} characters."),
    # --- who asks
    "sign_in_required": Text(
        "Sign in first",
        "Sign in, or send a bearer token.",
        {"first_message": "The first message has to be authenticate."},
    ),
    "session_expired": Text("Signed out", "Your session has ended. Please sign in again."),
    "token_expired": Text("Sign in again", "The sign-in behind this socket has expired."),
    "token_required": Text("Token needed", "Send the token as `Authorization: Bearer …`."),
    "wrong_credentials": Text("Not signed in", "The username or the password is wrong."),
    "invalid_token": Text(
        "Token not accepted",
        reasons={
            "algorithm": "The token's algorithm is not one this server accepts.",
            "audience": "The token is meant for another audience.",
            "claims": "The token's claims are incomplete: {problem}.",
            "disabled": (
                "This server accepts no bearer tokens; sign in with a username and password."
            ),
            "early": "The token is not valid yet.",
            "expired": "The token has expired.",
            "header": "The Authorization header must be `Bearer` and a token.",
            "issuer": "The token is from another issuer.",
            "missing_claim": "The token has no {claim}.",
            "not_a_token": "This is not a JSON Web Token.",
            "signature": "The token's signature or content is not valid.",
            "superseded": "A newer token gave this user another role.",
            "too_long": "The token is longer than {limit} bytes.",
            "unknown_key": "The token is signed with a key this server does not know.",
        },
    ),
    "unknown_role": Text(
        "Unknown role",
        "The token's role is none of {roles}.",
        {
            "not_accepted": (
                "Tokens with this role are not accepted here, only those of {roles} (jwt.roles)."
            )
        },
    ),
    "user_conflict": Text(
        "Not allowed",
        "The token's subject is the id of another user, of this server's own or of another issuer.",
    ),
    "user_disabled": Text("Not allowed", "This user has been disabled."),
    "foreign_origin": Text(
        "Not allowed", "The request was not made by a page of this server (Origin)."
    ),
    # --- what is theirs to do
    "forbidden": Text(
        "Not allowed",
        "This is not allowed.",
        {
            "own_calendar": "Providers book for themselves.",
            "chat": "The {side} of a call writes nothing in it.",
            "event": "A {side} cannot {event} a call.",
            "guest": "Who came by a link is here for its call only.",
            "network": "This address is not in metrics.allowed_networks.",
            "role": "This needs the role {roles: or }; you are signed in as {role}.",
            "removal": "The {side} of a call cannot be taken out of it.",
            "source": "The {side} of a call does not send this: {source}.",
            "side": "This is for the {needed} of the call to do; you are its {side}.",
        },
    ),
    "not_your_socket": Text("Not your socket", "The path names another user than the sign-in."),
    "playback_expired": Text(
        "Open it again",
        "Open the recording again: this playback is not yours, or it is older than four hours.",
    ),
    "approval_needed": Text(
        "Ask first",
        "Somebody else has to approve that you open this recording: ask for it (unlocks).",
    ),
    "approval_ended": Text(
        "Approval over", "The approval by which this recording was opened is over, or was revoked."
    ),
    "break_glass_off": Text(
        "Not possible here", "This server lets nobody open recordings in an emergency."
    ),
    "own_request": Text("Your own", "Somebody else has to answer for what is your own doing."),
    "foreign_request": Text(
        "Not your request", "Only who has asked can withdraw it; others answer it."
    ),
    # --- what there is
    "unknown_patient": Text("No such patient", "There is no patient of yours with this id."),
    "unknown_account": Text("No such account", "There is nobody with this id."),
    "unknown_invitation": Text(
        "No such invitation", "This link was used, was revoked or has expired, or never was."
    ),
    "nobody_waits": Text("Nobody waits", "Nobody waits for this appointment."),
    "unknown_guest_link": Text(
        "No such link", "This link never was, or a newer one was sent in its place."
    ),
    "unknown_provider": Text("No such provider", "There is no provider with this id."),
    "unknown_calendar": Text("No such calendar", "There is no calendar at this address."),
    "unknown_appointment": Text(
        "No such appointment", "There is no appointment of yours with this id."
    ),
    "unknown_person": Text("No such person", "There is nobody with this id to invite."),
    "unknown_participant": Text(
        "No such participant", "Nobody with this id is in the call, or invited to it."
    ),
    "unknown_room": Text("No such call", "There is no call of yours with this room id."),
    "unknown_recording": Text("No such recording", "There is no recording with this id."),
    "unknown_consent": Text("No such consent", "There is no consent of yours with this id."),
    "unknown_part": Text("No such part", "The recording has no playable part with this id."),
    "unknown_hold": Text("No such hold", "The recording has no hold with this id."),
    "unknown_request": Text("No such request", "No patient has made a request with this id."),
    "unknown_access": Text(
        "No such access", "Nobody has opened a recording in an emergency by this id."
    ),
    "unknown_unlock": Text("No such request", "Nobody has asked to open a recording by this id."),
    "unknown_audit_entry": Text(
        "No such row", "There is no row with this number in the audit log."
    ),
    "no_emergency": Text(
        "No emergency", "There is no emergency in this call that nobody has taken on."
    ),
    # --- the state that things are in
    "appointment_clash": Text(
        "Not free",
        reasons={
            "provider": ("The provider already has an appointment from {starts_at} to {ends_at}."),
            "patient": "The patient already has an appointment at that time.",
        },
    ),
    "intake_changed": Text(
        "Sent before",
        "Other answers were sent as {external_id}. A correction needs an id of its own.",
    ),
    "intake_not_pulled": Text(
        "Nobody to ask",
        reasons={
            "not_configured": "No platform is named (intake.url).",
            "no_token": "The platform is asked with a bearer token, and this request has none.",
        },
    ),
    "push_off": Text("Not possible here", "This server rings no closed pages (push.contact)."),
    "unknown_push_service": Text(
        "Unknown push service", "The address is none of the push services of push.services."
    ),
    "unknown_push_subscription": Text(
        "Not yours", "This browser does not ring for you: let it ring anew."
    ),
    "appointment_settled": Text("Not possible any more", "The appointment is {status}."),
    "appointment_to_come": Text("Not yet", "The appointment has not begun."),
    "patient_busy": Text(
        "Patient is in a call", "The patient is already being called or in a call."
    ),
    "participant_busy": Text("In a call", "This person is in a call already, or invited to one."),
    "call_extended_enough": Text(
        "Not any longer",
        "A call can be extended by {limit} minutes in all, of which {left} are left.",
    ),
    "call_full": Text("The call is full", "At most {limit} people can be in a call."),
    "provider_busy": Text("Already in a call", "End your other call first."),
    "call_still_ringing": Text(
        "Still ringing",
        "The call is still ringing.",
        {
            "join": "Accept the call before taking part in it.",
            "extend": "Until it is accepted, there is nothing to extend.",
        },
    ),
    "already_accepted": Text("Already accepted", "The call is already accepted."),
    "guest_link_closed": Text(
        "The link does not let in",
        reasons={
            "early": "It is too early for it: it lets in from a while before the appointment on.",
            "over": "Its appointment, or its call, is over.",
            "cancelled": "Its appointment was cancelled.",
            "revoked": "It was taken back.",
            "other_browser": "Somebody came in by it in another browser.",
        },
    ),
    "not_waiting_time": Text(
        "Not now",
        reasons={
            "early": "It is too early to wait for this appointment.",
            "over": "The appointment is over.",
            "cancelled": "The appointment was cancelled.",
        },
    ),
    "too_many_links": Text("Too many", "There are {limit} links already; take one of them back."),
    "call_over": Text(
        "The call is over",
        "This call has ended.",
        {
            "declined": "The call is over: it was declined.",
            "ended": "The call is over.",
            "failed": "The call is over: it failed.",
            "missed": "The call is over: nobody answered in time.",
        },
    ),
    "not_joined": Text("Not in this call", "Send call_start on this socket first."),
    "recording_asked": Text(
        "Not now",
        reasons={
            "pending": "Everybody in this call was asked, and nobody has refused.",
            "lately": "Somebody has just refused. They can be asked again in {wait}.",
            "refused": "The recording was refused, and is not asked for again in this call.",
        },
    ),
    "recording_not_enabled": Text("Not recorded", "This call is not to be recorded."),
    "username_taken": Text("User name taken", "Somebody else has this user name."),
    "account_of_platform": Text(
        "Of the platform", "This person comes with tokens of the host platform, which decides that."
    ),
    "account_disabled": Text("Disabled", "This account is disabled."),
    "own_account": Text("Your own account", "Another administrator has to do that."),
    "last_administrator": Text(
        "The last administrator", "Nobody else who can sign in is an administrator."
    ),
    "patient_role": Text(
        "Not possible", "Patients stay patients, and nobody else becomes one: add them anew."
    ),
    "id_taken": Text("Id taken", "This id is that of somebody with another role."),
    "hold_released": Text("Already released", "This hold has been released already."),
    "request_waits": Text("Asked already", "This was asked, and waits for an answer."),
    "request_settled": Text(
        "Asked often enough", "This was asked three times of this recording, and answered."
    ),
    "request_answered": Text("Answered already", "Somebody has answered this request already."),
    "approval_not_needed": Text(
        "No approval needed", "On this server compliance opens recordings without asking."
    ),
    "access_reviewed": Text("Reviewed already", "Somebody has reviewed this access already."),
    "unlock_waits": Text(
        "Asked already", "You have asked to open this recording, and wait for an answer."
    ),
    "unlock_over": Text(
        "Over already", "Somebody has answered or ended this request, or its time is over."
    ),
    "recording_not_over": Text(
        "Still being recorded", "The recording can be exported once its call is over."
    ),
    "unknown_export": Text("No such export", "You have asked for no export by this id."),
    "exports_wait": Text(
        "Too many exports", "{most} of your exports are still being made; wait for one of them."
    ),
    "export_not_made": Text("Not ready yet", "The export is still being made."),
    "export_over": Text(
        "Not there any more", "The export has failed, was cancelled, or was destroyed."
    ),
    "export_elsewhere": Text(
        "On another server", "The export is with the server {node}: download it there."
    ),
    "export_damaged": Text(
        "Export damaged", "The encrypted file is missing or was changed: ask for the export again."
    ),
    "audit_entry_not_signed": Text(
        "Not signed yet", "No checkpoint covers this row yet; please try again in a minute."
    ),
    "audit_entry_expired": Text(
        "Expired", "The row has expired: its hash is left, and nothing that could be shown with it."
    ),
    "consent_text_changed": Text(
        "Ask again",
        "The text that was shown is not the one in force: read it from the settings, show it and "
        "ask again.",
    ),
    "consent_text_missing": Text(
        "Ask again", "Say which text was shown (consent_text): this server asks for it."
    ),
    "recording_erased": Text("Erased", "The recording was erased: nobody can decrypt it any more."),
    "recording_on_hold": Text(
        "On hold", "The recording is on hold and cannot be erased (active holds: {holds})."
    ),
    "recording_running": Text(
        "Still being recorded", "The recording can be erased once its call is over."
    ),
    "nothing_to_play": Text("Nothing to play", "The recording holds no media yet."),
    # --- how often they ask
    "too_many_attempts": Text(
        "Please wait", "Too many attempts to sign in. Please try again in {wait}."
    ),
    "too_many_messages": Text("Too fast", "Slow down: 20 messages a second at most."),
    "too_many_requests": Text(
        "Please wait",
        "Too many requests. Please try again in {wait}.",
        {
            "chat": "That was many messages at once. Please try again in {wait}.",
            "consent": "Consent was given and withdrawn many times. Please try again in {wait}.",
            "emergency": (
                "The alert was raised and stands. In danger call {phone}. Please try again in "
                "{wait}."
            ),
            "unknown_time": "Too many requests. Please try again in a moment.",
        },
    ),
    # --- what the server cannot do now
    "database_unavailable": Text(
        "Temporarily not available",
        "The server cannot reach its database. Please try again in a moment.",
    ),
    "server_stopping": Text(
        "Temporarily not available", "The server is about to restart. Please try again in a minute."
    ),
    "storage_error": Text("Temporarily not available", "{problem}"),
    "timeout": Text("Temporarily not available", "The server took too long to answer."),
    "intake_unavailable": Text(
        "The platform cannot be asked",
        reasons={
            "away": "The platform cannot be reached.",
            "late": "The platform has not answered within {seconds} seconds.",
            "refused": "The platform does not give it to whoever has this token.",
            "status": "The platform answered with the status {status}.",
            "too_large": "The platform's answer is larger than {limit} bytes.",
            "too_many": "The platform's answer has more than {limit} questionnaires.",
            "unreadable": "The platform's answer is neither a list of intakes nor a Bundle.",
        },
    ),
    "unavailable": Text("Temporarily not available", "Please try again in a moment."),
    "audit_key_missing": Text(
        "No key",
        "This server has no public key of the audit log, without which nothing of it is proved.",
    ),
    "mail_unavailable": Text(
        "No e-mail",
        reasons={
            "no_server": "This server sends no e-mail: [smtp] names no host or no sender.",
            "no_address": "server.public_url is not set, so that a link would lead nowhere.",
            "not_sent": "The server for e-mail did not take the letter: {problem}.",
        },
    ),
    "sms_unavailable": Text(
        "No text messages", "This server sends no text messages: [sms] names no gateway."
    ),
    "recording_unavailable": Text(
        "Cannot record",
        reasons={
            "folder_away": "The folder of the recordings is not there.",
            "no_key": "This server is not set up to record: it has no recording key.",
            "no_space": "{problem}",
        },
    ),
    "reason_needed": Text(
        "Reason needed",
        "The purpose HOPERAT has to be told in words, too: `reason`.",
    ),
    "note_needed": Text("Note needed", "Say why it was not justified: `note`."),
    "recording_sealed": Text(
        "Sealed",
        "The recording is sealed: its key is not on this server. Whoever has the private key opens "
        "it in their browser, or with `carelay recordings open`.",
    ),
    "recording_not_sealed": Text(
        "Not sealed",
        "The server has the key of this recording, and hands out what it has decrypted itself.",
    ),
    "clinical_text_unavailable": Text(
        "Not readable now",
        reasons={
            "key_away": "What keeps the key of chat and notes does not answer.",
            "key_missing": "The key of what is written there is not on this server.",
            "no_key": "This server keeps neither chat nor notes: it has no key for them.",
        },
    ),
    "clinical_text_damaged": Text(
        "Damaged", "What is stored is not as it was written; the server's log names the row."
    ),
    "chat_over": Text(
        "The call is over", "What was written in it is for its patient and its provider to read."
    ),
    "files_off": Text("No files", "This server takes no files."),
    "file_empty": Text("Empty", "There is nothing in the file."),
    "file_too_large": Text("Too large", "A file may have {limit} MB."),
    "file_type_not_taken": Text(
        "Not taken",
        "Files of the type `{found}` are not taken. These are: {taken}.",
        reasons={"unknown": "What is in the file is of no type that is known. Taken are: {taken}."},
    ),
    "file_mislabelled": Text(
        "Mislabelled", "By its name the file is `{named}`, but what is in it is `{found}`."
    ),
    "file_infected": Text("Infected", "The virus scanner has found `{signature}` in the file."),
    "scanner_unavailable": Text(
        "Not scanned", "The virus scanner does not answer, so that no file is taken."
    ),
    "too_many_files": Text(
        "Too many files",
        "A call may have {limit} files.",
        {"size": "The files of a call may have {limit} MB together."},
    ),
    "unknown_file": Text("No such file", "There is no such file in this call."),
    "file_damaged": Text(
        "Damaged", "The file is not as it was written; the server's log names it."
    ),
    "file_storage_unavailable": Text(
        "Not now",
        reasons={
            "folder_away": "The folder of the files is not there.",
            "store_away": "The object store of the files does not answer.",
            "no_space": "There is not enough room left on the disk of the files.",
            "disk": "The disk of the files cannot be read or written.",
        },
    ),
    "unknown_chat": Text("No chat", "Nothing was written in this call."),
    "note_changed": Text(
        "Changed meanwhile",
        "The note has another version by now ({version}): read it, and say which text is to stand.",
    ),
    "no_crisis": Text("No crisis", "There is no crisis in this call, or it is over."),
    "crisis_stands": Text(
        "No limit", "While there is a crisis the call has no limit that could be extended."
    ),
    "unknown_crisis": Text("No crisis", "Nothing was written down of a crisis in this call."),
    "invalid_crisis_entry": Text(
        "Not possible",
        reasons={
            "step": "`step` goes with `ticked` and `unticked`, and with nothing else.",
            "text": "`text` goes with `noted`, and with nothing else; it is not empty.",
            "many": "So much was written down of this crisis that no more is taken.",
        },
    ),
    "invalid_place": Text(
        "Not possible",
        reasons={
            "address": "`address` is empty.",
            "country": "`country` is not a country's code (ISO 3166-1 alpha-2), such as PT.",
            "phone": "`phone` is not an E.164 number, such as +351211234567.",
            "usual": "There is no usual place on record, or `address` names another one.",
            "withheld": "Whoever would rather not say names no place: `address`, `country`, "
            "`phone`.",
        },
    ),
    "unknown_place": Text("No place", "Nobody said for this call where the patient is."),
    "unknown_note": Text("No such note", "There is no note of yours on this call."),
    "clinical_text_erased": Text("Erased", "What was written there was erased."),
    "erasure_unavailable": Text(
        "Cannot erase",
        "The file of what was erased cannot be written, so that a backup would bring it back: "
        "{problem}.",
    ),
    "recording_key_away": Text(
        "Cannot be decrypted now", "What keeps the key of the recordings does not answer."
    ),
    "recording_key_missing": Text("Cannot be decrypted", "{problem}"),
    "recording_store_away": Text(
        "Out of reach",
        "The object store that holds this recording does not answer, or refuses this server; its "
        "log says which. Nothing is lost: try again later.",
    ),
    "recording_not_uploaded": Text(
        "Not uploaded yet",
        "This recording is still with the server {node}, which has not uploaded it yet. Nothing is "
        "lost: try again later, or ask that server.",
    ),
    "recording_damaged": Text(
        "Recording damaged",
        "The encrypted file is missing, damaged or was changed. It has been written to the audit "
        "log.",
    ),
    "pages_not_built": Text(
        "Pages not built",
        "There is no {path}. In a checkout `make run` builds the pages; a wheel brings them.",
    ),
    "internal_error": Text(
        "Internal error", "Something went wrong in the server. It has been written to its log."
    ),
    # --- HTTP itself
    "not_found": Text("Not found", "There is nothing at this address."),
    "method_not_allowed": Text(
        "Method not allowed",
        "This method is not possible here.",
        {
            "known": "{method} is not possible here; {allowed} is.",
            "unknown": "This method is not possible here; {allowed} is.",
        },
    ),
    "not_acceptable": Text("Not acceptable", "There is no such representation of it."),
    "request_timeout": Text("Too slow", "The request did not arrive in time."),
    "body_timeout": Text("Too slow", "The request's body did not arrive in time."),
    "length_required": Text("Length required", "Send a Content-Length."),
    "precondition_failed": Text(
        "Precondition failed", "A condition in the request's headers does not hold."
    ),
    "content_too_large": Text("Too large", "The request's body is larger than 65536 bytes."),
    "uri_too_long": Text("Address too long", "The address is too long."),
    "unsupported_media_type": Text(
        "Unsupported media type",
        "This kind of content is not taken here.",
        {
            "body": "Send the body as plain `Content-Type: application/json`.",
            "file": "Send the bytes of the file as plain `Content-Type: application/octet-stream`.",
        },
    ),
    "range_not_satisfiable": Text(
        "Beyond the end", "There is no such range.", {"file": "The file has {size} bytes."}
    ),
    "expectation_failed": Text(
        "Unknown expectation", "Of `Expect`, only `100-continue` is known here."
    ),
    "upgrade_required": Text("Upgrade required", "This address is for WebSockets."),
    "header_too_large": Text("Header too large", "The request line or a header is too long."),
    "not_implemented": Text("Not possible", "The server cannot do this."),
}
"""By code. `tests/signaling/test_errors.py` holds that each is raised, and each
that is raised is here.
"""


class _Listed(tuple[str, ...]):
    """Several words in a template: `{roles}` joins them by commas, `{roles: or }` by "or"."""

    def __format__(self, separator: str) -> str:
        return (separator or ", ").join(self)


def title(error: DomainError) -> str:
    """What kind of error it is, the same each time."""
    return TEXTS[error.code].title


def detail(error: DomainError) -> str:
    """What happened this time, in a sentence."""
    text = TEXTS[error.code]
    template = text.reasons[error.reason] if error.reason else text.detail
    assert template is not None  # noqa: S101  the tests hold every raise to this table
    values = {name: _shown(value) for name, value in error.parameters.items()}
    return template.format(**values, wait=_wait(error))


def parameters(error: DomainError) -> dict[str, str | int | list[str]]:
    """What it concerns, for clients that make words of their own."""
    return {
        name: value if isinstance(value, str | int) else list(value)
        for name, value in error.parameters.items()
    }


def _shown(value: Parameter) -> object:
    return value if isinstance(value, str | int) else _Listed(value)


def _wait(error: DomainError) -> str:
    return f"{error.retry_after} {'second' if error.retry_after == 1 else 'seconds'}"


def of_storage(error: StorageError) -> DomainError:
    """An error of storage that no room has made one of its own."""
    match error:
        case InvalidCursor():
            return Malformed("invalid_cursor")
        case DatabaseUnavailable():
            return Unavailable("database_unavailable", retry_after=5)
    return Unavailable("storage_error", problem=str(error))
