"""A key in a hardware security module that speaks PKCS#11.

It is imported only where such a key is configured, as its library takes 15 MB.

AES-256-GCM within the module, whose key cannot be taken out. The PIN is read from a file of mode
0600 and given to the module alone.
"""

import os
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar, cast

import pkcs11
from pkcs11 import exceptions as errors
from pkcs11.constants import Attribute, ObjectClass

from storage.errors import KeyFileError, KeyServiceAway, WrongKey
from storage.vault.files import read_private
from storage.vault.keys.datakey import purpose
from storage.vault.keys.service import Bound, service_key_id


class _Key(pkcs11.EncryptMixin, pkcs11.DecryptMixin):
    """A secret key of the module; which of these it can do is known at run time alone."""


T = TypeVar("T")

PREFIX = "p11-"
KEY_BITS = 256
NONCE_SIZE = 12
TAG_BITS = 128
MAX_PIN = 255


@dataclass(frozen=True)
class Slot:
    """Where the key is."""

    module: Path
    """The vendor's library."""
    token: str
    """Label of the token."""
    key: str
    """Label of the key in it."""
    pin_file: Path


class HsmKey:
    """A WrappingKey. The module is loaded when the first key is wrapped or opened."""

    def __init__(self, slot: Slot) -> None:
        self._slot = slot
        self._session: pkcs11.Session | None = None
        self._refused_pin: str | None = None
        # A session does one thing at a time.
        self._turn = threading.Lock()

    @property
    def key_id(self) -> str:
        """See WrappingKey."""
        return service_key_id(PREFIX, f"{self._slot.token}\x00{self._slot.key}")

    def encrypt(self, data_key: bytes, bound: Bound) -> bytes:
        """See WrappingKey."""
        return self._with_key(lambda key: self._encrypt(key, data_key, bound))

    def decrypt(self, sealed: bytes, bound: Bound) -> bytes:
        """See WrappingKey."""

        nonce, wrapped = sealed[:NONCE_SIZE], sealed[NONCE_SIZE:]

        def open_it(key: _Key) -> bytes:
            how = pkcs11.GCMParams(nonce, _aad(bound), TAG_BITS)
            try:
                opened = key.decrypt(
                    wrapped, mechanism=pkcs11.Mechanism.AES_GCM, mechanism_param=how
                )
                return cast("bytes", opened)
            except (errors.EncryptedDataInvalid, errors.EncryptedDataLenRange):
                pass
            except errors.GeneralError:  # a wrong tag, as SoftHSM has it; or the module is broken
                self._encrypt(key, bytes(len(wrapped)), bound)
            raise WrongKey(
                f"Key {self._slot.key} of token {self._slot.token} has not wrapped the data key "
                f"of recording {bound.recording_id}."
            )

        if len(sealed) <= NONCE_SIZE:
            raise WrongKey(f"Nothing was wrapped for recording {bound.recording_id}.")

        return self._with_key(open_it)

    def create(self) -> bool:
        """Make the key in the token: for wrapping alone, never to be taken out. False if there is
        one. Raises KeyServiceAway, KeyFileError.
        """

        def make(session: pkcs11.Session) -> bool:
            if _keys(session, self._slot.key):
                return False
            session.generate_key(
                pkcs11.KeyType.AES,
                KEY_BITS,
                label=self._slot.key,
                store=True,
                template={
                    Attribute.ENCRYPT: True,
                    Attribute.DECRYPT: True,
                    Attribute.SENSITIVE: True,
                    Attribute.EXTRACTABLE: False,
                },
            )
            return True

        return self._with_session(make)

    def _encrypt(self, key: _Key, data_key: bytes, bound: Bound) -> bytes:

        nonce = os.urandom(NONCE_SIZE)
        how = pkcs11.GCMParams(nonce, _aad(bound), TAG_BITS)
        sealed = key.encrypt(data_key, mechanism=pkcs11.Mechanism.AES_GCM, mechanism_param=how)
        return nonce + cast("bytes", sealed)

    def _with_key(self, use: Callable[[_Key], bytes]) -> bytes:
        def with_session(session: pkcs11.Session) -> bytes:
            found = _keys(session, self._slot.key)
            if len(found) != 1:
                what = "no secret key" if not found else f"{len(found)} secret keys"
                raise KeyServiceAway(
                    f"Token {self._slot.token} has {what} labelled {self._slot.key}."
                )
            return use(found[0])

        return self._with_session(with_session)

    def _with_session(self, use: Callable[[pkcs11.Session], T]) -> T:
        """With the one that is open, or a new one: a module that was restarted forgets them."""

        with self._turn:
            again = self._session is not None
            try:
                return use(self._open())
            except pkcs11.PKCS11Error as error:
                self._session = None
                if not again:
                    raise self._away(error) from error
            try:
                return use(self._open())
            except pkcs11.PKCS11Error as error:
                self._session = None
                raise self._away(error) from error

    def _open(self) -> pkcs11.Session:

        if self._session is None:
            try:
                module = pkcs11.lib(str(self._slot.module))
            except RuntimeError as error:
                raise KeyServiceAway(
                    f"The PKCS#11 module {self._slot.module} cannot be loaded: {error}."
                ) from error
            token = module.get_token(token_label=self._slot.token)
            self._session = self._log_in(token)
        return self._session

    def _log_in(self, token: pkcs11.Token) -> pkcs11.Session:
        """A PIN that was refused is not tried again: some wrong ones lock the token for good."""

        pin = self._pin()
        if pin == self._refused_pin:
            raise KeyServiceAway(
                f"Token {self._slot.token} has refused the PIN in {self._slot.pin_file}: "
                "put the right one there."
            )
        try:
            return token.open(rw=True, user_pin=pin)
        except errors.UserAlreadyLoggedIn:  # which a whole process is
            return token.open(rw=True)
        except (errors.PinIncorrect, errors.PinInvalid, errors.PinLenRange):
            self._refused_pin = pin
            raise

    def _pin(self) -> str:
        path = self._slot.pin_file
        try:
            pin = read_private(path).decode().strip()
        except (OSError, UnicodeDecodeError) as error:
            raise KeyFileError(f"The PIN file {path} cannot be read: {error}.") from error
        if not 0 < len(pin) <= MAX_PIN:
            raise KeyFileError(f"The PIN file {path} holds no PIN.")
        return pin

    def _away(self, error: Exception) -> KeyServiceAway:
        words = str(error) or type(error).__name__
        return KeyServiceAway(
            f"Token {self._slot.token} of {self._slot.module.name} cannot be used: {words}."
        )


def _aad(bound: Bound) -> bytes:
    return purpose(bound.version, bound.recording_id)


def _keys(session: pkcs11.Session, label: str) -> list[_Key]:

    wanted = {Attribute.CLASS: ObjectClass.SECRET_KEY, Attribute.LABEL: label}
    return cast("list[_Key]", list(session.get_objects(wanted)))
