"""Every error of storage: one line each, fit for a log and for the person who has to act on it."""
# ruff: noqa: N818 - the names say what happened; every one of them is an error


class StorageError(Exception):
    """What all errors of this package derive from."""


class DatabaseUnavailable(StorageError):
    """The database cannot be reached, is locked, or has no room: the request fails,
    a call in progress goes on.
    """


class TransactionConflict(DatabaseUnavailable):
    """Another transaction was in the way of this one, such as in a deadlock: the same may succeed
    at once.
    """


class AlreadyRunning(StorageError):
    """Another server uses what only one can have: a SQLite database, a folder, the same node."""


class CarriedElsewhere(StorageError):
    """Another server carries the call or the recording by now: nothing of it was written."""


class LeaseLost(DatabaseUnavailable):
    """This server could not renew its lease in time, so that it may carry nothing new,
    and has to stop.
    """


class InvalidCursor(StorageError):
    """A page cursor that this server did not give out."""


class UsernameTaken(StorageError):
    """Another user signs in with this name."""


class UserConflict(StorageError):
    """One id, or one subject of one issuer, would stand for two people."""


class StaleToken(StorageError):
    """A token is older than the one that the user's role is from, and says another role."""


class UnfinishedCallExists(StorageError):
    """The patient is already being called or in a call."""


class KeyFileError(StorageError):
    """The key file is missing, not private, or not a key file."""


class KeyFileIsOpen(KeyFileError):
    """Other users of the machine can read the key file; it may well be the right one."""


class WrongKey(StorageError):
    """The key does not belong to what it was to open."""


class KeyIsSealed(StorageError):
    """The key of a recording is sealed to somebody who is not this server."""


class KeyServiceAway(StorageError):
    """Whoever keeps the wrapping key cannot be reached, or refuses to use it."""


class DamagedText(StorageError):
    """A text that was sealed was changed, or stands where another one was."""


class RecordErased(StorageError):
    """The key of a clinical record is destroyed."""


class InvalidExport(StorageError):
    """A folder does not hold an encrypted recording as it was exported."""


class InvalidNote(StorageError):
    """A signed note, a checkpoint, a proof or a key of them is not one, or not of whom it should
    be.
    """


class AnotherLog(InvalidNote):
    """A checkpoint is of another audit log than the key."""


class InvalidLog(StorageError):
    """Tiles or entries of the audit log are not as they were written."""


class LogForked(InvalidLog):
    """The audit log does not begin with what was signed of it: nothing more must be signed."""


class NotSignedYet(StorageError):
    """A row of the audit log is not covered by a checkpoint that counts: a minute later it is."""


class RowExpired(StorageError):
    """Of a row of the audit log nothing is left but its hash."""


class BackupFailed(StorageError):
    """A backup could not be made, is damaged, or cannot be put back where something is."""


class DamagedPart(StorageError):
    """A recorded file was cut, changed, swapped, or belongs to another recording."""


class PartStillWritten(StorageError):
    """A thread of this or another server has the file open for writing:
    it must not be recovered now.
    """


class RecordingsAway(StorageError):
    """The folder of the recordings is not the one they were written to:
    its volume is not mounted.
    """


class StoreAway(StorageError):
    """The object store does not answer, or refuses what it is asked for."""


class NotAsUploaded(StoreAway):
    """What was read back from the object store is not what was sent to it."""


class StillLocked(StoreAway):
    """The object store keeps an object that was to be deleted: its lock has not run out."""


class NotUploaded(StorageError):
    """A part is in the folder of another server, which has not uploaded it yet."""

    def __init__(self, node_id: str | None) -> None:
        super().__init__(f"The part is not uploaded yet from node {node_id}.")
        self.node_id = node_id


class NoRoom(StorageError):
    """The disk of the recordings has less free than the server keeps for everything else."""


class PartWriteFailed(StorageError):
    """A recorded file could not be written to its end; what is on disk can be recovered."""
