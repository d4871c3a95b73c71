"""Passwords and store keys, kept only in the operating system's keyring.

A backend that keeps secrets in plain text, nowhere, or in a way this program does not know is refused.
"""

from __future__ import annotations

import base64
import binascii
import logging
import platform
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from workstation.domain.errors import InputError, WorkstationError
from workstation.domain.message import Message, msg
from workstation.security import entries

if TYPE_CHECKING:
    from keyring.backend import KeyringBackend

PASSWORDS = "collector-workstation"
STORE_KEYS = "collector-workstation store key"
VAULTS = "collector-workstation vault"
BLOBS = "collector-workstation file"
KEY_BYTES = 32
BLOB_BYTES = 65_536  # a certificate with its key and chain has 2 to 10 KiB; a keyring is no place for more

# The keyrings of Linux desktops, KDE, Windows and macOS. Not named here means refused: keyring loads any backend
# it finds installed, and `keyrings.alt` alone brings five that write plain text or a weakly encrypted file.
TRUSTED_BACKENDS = frozenset(
    {
        "keyring.backends.SecretService",
        "keyring.backends.libsecret",
        "keyring.backends.kwallet",
        "workstation.security.kwallet",
        "keyring.backends.Windows",
        "keyring.backends.macOS",
    }
)


log = logging.getLogger(__name__)


class KeyringProblem(WorkstationError):
    """The keyring cannot be used; nothing was stored elsewhere instead."""

    code = "keyring"


class KeyringMissing(KeyringProblem):
    """No keyring is installed or running."""

    code = "keyring_missing"


class KeyringLocked(KeyringProblem):
    """The keyring is there but closed, and was not opened when asked."""

    code = "keyring_locked"


class KeyringRefused(KeyringProblem):
    """The keyring that is set up would not keep a secret secret."""

    code = "keyring_refused"


class KeyringFailed(KeyringProblem):
    """The keyring is open but did not do what was asked, or holds something that is not ours."""

    code = "keyring_failed"


class Credentials:
    """The secrets of this device's people. Every method may raise a `KeyringProblem`."""

    def __init__(self, backend: KeyringBackend | None = None) -> None:
        """Use `backend`, or the keyring of the operating system when it is not given."""
        self._backend = _trusted(backend if backend is not None else _system_keyring())
        self._places: list[KeyringBackend] | None = None  # other keyrings, looked for when they are needed
        self.notices: list[Message] = []  # what the person should know: a secret was moved from another keyring

    @property
    def backend_name(self) -> str:
        """What keeps the secrets, e.g. `SecretService Keyring`."""
        return str(self._backend.name)

    def password(self, server_id: str, login: str) -> str | None:
        """The password of `login` at the central database `server_id`; None when it is not kept yet."""
        return self._kept(PASSWORDS, f"{login}@{server_id}")

    def remember_password(self, server_id: str, login: str, password: str) -> None:
        self._keep(PASSWORDS, f"{login}@{server_id}", password)

    def forget(self, server_id: str, login: str) -> None:
        """Remove the password; nothing happens when there is none."""
        self._remove(PASSWORDS, f"{login}@{server_id}")

    def store_key(self, name: str) -> bytes:
        """The 32-byte key of the local store `name`, made and kept when there is none yet."""
        kept = self.kept_store_key(name)
        if kept is not None:
            return kept
        key = secrets.token_bytes(KEY_BYTES)
        self._keep(STORE_KEYS, name, base64.b64encode(key).decode("ascii"))
        return key

    def kept_store_key(self, name: str) -> bytes | None:
        """The key of the local store `name`, or None. A damaged entry is never replaced: the store would be lost."""
        text = self._kept(STORE_KEYS, name)
        if text is None:
            return None
        try:
            key = base64.b64decode(text, validate=True)
        except (binascii.Error, ValueError):
            key = b""
        if len(key) != KEY_BYTES:
            raise KeyringFailed(
                msg(
                    "The keyring's entry “{service}” for {name} is not a key of this program. Restore the keyring from "
                    "a backup, or remove the entry and sign in again: the local store is then filled anew.",
                    service=STORE_KEYS,
                    name=name,
                )
            )
        return key

    def forget_store_key(self, name: str) -> None:
        """Remove the key, which makes the store unreadable for ever."""
        self._remove(STORE_KEYS, name)

    def vault(self, name: str) -> str | None:
        """What the vault of the store `name` keeps, as text; read and written by `security.vault_state` alone."""
        return self._kept(VAULTS, name)

    def keep_vault(self, name: str, text: str) -> None:
        self._keep(VAULTS, name, text)

    def forget_vault(self, name: str) -> None:
        """Remove it: a store behind a PIN is then unreadable for ever."""
        self._remove(VAULTS, name)

    def keep_blob(self, name: str, data: bytes) -> None:
        """Keep a small file, e.g. a PKCS#12, under `name` in place of an earlier one: the old or the new one is whole.

        Raises `InputError` above `BLOB_BYTES`.
        """
        if len(data) > BLOB_BYTES:
            raise InputError(
                msg(
                    "The file has {n} bytes; the keyring keeps {most} at most. Nothing was saved.",
                    n=len(data),
                    most=BLOB_BYTES,
                )
            )
        self._keep(BLOBS, name, base64.b64encode(data).decode("ascii"))

    def blob(self, name: str) -> bytes | None:
        """The file kept under `name`, byte for byte, or None when there is none."""
        text = self._kept(BLOBS, name)
        if text is None:
            return None
        try:
            return base64.b64decode(text, validate=True)
        except (binascii.Error, ValueError) as error:
            raise _foreign(BLOBS, name) from error

    def forget_blob(self, name: str) -> None:
        """Remove the file; nothing happens when there is none."""
        self._remove(BLOBS, name)

    def _kept(self, service: str, entry: str) -> str | None:
        with _explained(service, entry):
            secret = entries.get(self._backend, service, entry)
        return secret if secret is not None else self._moved_here(service, entry)

    def _moved_here(self, service: str, entry: str) -> str | None:
        """The secret from another keyring of this computer, moved into the one in use; None when no other has it."""
        from workstation.security import elsewhere

        for place in self._elsewhere():
            try:
                with _explained(service, entry):
                    secret = entries.get(place, service, entry)
            except KeyringLocked:
                closed = msg("The keyring “{old}” holds an entry of this program but stayed locked.", old=place.name)
                if service == STORE_KEYS:  # without it the store cannot be opened, and must not be taken for lost
                    raise KeyringLocked(msg("{problem} Unlock it and try once more.", problem=closed)) from None
                self.notices.append(closed)
                continue
            except KeyringProblem as problem:
                log.warning("another keyring could not be searched: %s", problem.code)
                continue
            if secret is None:
                continue
            with _explained(service, entry):
                elsewhere.move(secret, self._backend, place, service, entry)
            self.notices.append(
                msg(
                    "A secret of this program was kept in the keyring “{old}”; it has been moved to “{new}”.",
                    old=place.name,
                    new=self.backend_name,
                )
            )
            return secret
        return None

    def _elsewhere(self) -> list[KeyringBackend]:
        from workstation.security import elsewhere

        if self._places is None:
            with _explained("", ""):
                self._places = elsewhere.other_places(self._backend)
        return self._places

    def _keep(self, service: str, entry: str, secret: str) -> None:
        with _explained(service, entry):
            try:
                entries.put(self._backend, service, entry, secret)
            except entries.NotKept as error:
                raise KeyringFailed(
                    msg(
                        "The keyring {name} did not keep what was stored in it. Nothing was saved.",
                        name=self.backend_name,
                    )
                ) from error

    def _remove(self, service: str, entry: str) -> None:
        """From the keyring in use and from others: what is left in one would come back."""
        for place in [self._backend, *self._elsewhere()]:
            with _explained(service, entry):
                entries.drop(place, service, entry)


def _foreign(service: str, entry: str) -> KeyringFailed:
    return KeyringFailed(
        msg(
            "The keyring's entry “{service}” for {name} is damaged or not of this program. Restore the keyring from a "
            "backup, or remove the entry and store it anew.",
            service=service,
            name=entry,
        )
    )


def what_to_install() -> Message:
    """How to get a keyring on this operating system."""
    if platform.system() == "Windows":
        return msg("Start the Windows service “Credential Manager” (VaultSvc), then start the program again.")
    if platform.system() == "Darwin":
        return msg("Open “Keychain Access”, unlock the login keychain, then start the program again.")
    return msg(
        "Install gnome-keyring (Debian, Ubuntu: apt install gnome-keyring) or KWallet, sign in to the desktop "
        "again, then start the program."
    )


def _system_keyring() -> KeyringBackend:
    import keyring
    from keyring.backends import fail

    from workstation.security.kwallet import running_kwallet

    try:
        found = keyring.get_keyring()
    except (RuntimeError, ImportError, AttributeError) as error:
        # PYTHON_KEYRING_BACKEND or keyringrc.cfg names a backend that does not exist or does not work here.
        raise KeyringMissing(
            msg("The keyring named in the configuration of “keyring” does not work. {advice}", advice=what_to_install())
        ) from error
    if isinstance(found, fail.Keyring) and platform.system() == "Linux":
        # A KWallet that does not offer the Secret Service; keyring's own backend for it is seldom installed.
        return running_kwallet() or found
    return found


def _trusted(backend: KeyringBackend) -> KeyringBackend:
    """`backend`, or of a chain its first trusted member: a chain falls through to whatever else is installed."""
    from keyring.backends import chainer, fail

    from workstation.security.process_keyring import ProcessKeyring

    if isinstance(backend, fail.Keyring):
        raise KeyringMissing(
            msg("No keyring is running to keep passwords and keys in. {advice}", advice=what_to_install())
        )
    members = backend.backends if isinstance(backend, chainer.ChainerBackend) else [backend]
    for member in members:
        if isinstance(member, ProcessKeyring) or type(member).__module__ in TRUSTED_BACKENDS:
            return member
    raise KeyringRefused(
        msg(
            "The keyring “{name}” does not protect what is stored in it, so it is not used. {advice}",
            name=str(backend.name),
            advice=what_to_install(),
        )
    )


@contextmanager
def _explained(service: str, entry: str) -> Iterator[None]:
    """Turn what backends raise into the errors above; the cause keeps the technical part."""
    from keyring import errors

    try:
        yield
    except (entries.Torn, entries.NotKept) as error:
        raise _foreign(service, entry) from error
    except _locked_errors() as error:
        raise KeyringLocked(
            msg("The keyring is locked. Unlock it (usually by signing in to the desktop again) and try once more.")
        ) from error
    except (errors.NoKeyringError, errors.InitError) as error:
        raise KeyringMissing(msg("The keyring cannot be opened. {advice}", advice=what_to_install())) from error
    except _backend_errors() as error:
        raise KeyringFailed(
            msg(
                "The keyring answered with an error ({kind}). Nothing was changed; check the keyring and try again.",
                kind=type(error).__name__,
            )
        ) from error


def _locked_errors() -> tuple[type[Exception], ...]:
    from keyring.errors import KeyringLocked as Locked

    if platform.system() != "Linux":
        return (Locked,)
    from secretstorage.exceptions import LockedException, PromptDismissedException

    return (Locked, LockedException, PromptDismissedException)


def _backend_errors() -> tuple[type[Exception], ...]:
    """What backends raise; the Secret Service and the Windows vault have errors of their own."""
    from keyring.errors import KeyringError

    if platform.system() == "Linux":
        from jeepney import DBusErrorResponse
        from secretstorage.exceptions import SecretStorageException

        return (KeyringError, OSError, SecretStorageException, DBusErrorResponse)
    if platform.system() == "Windows":
        from win32ctypes.pywin32.pywintypes import error as win_error

        return (KeyringError, OSError, win_error)
    return (KeyringError, OSError)
