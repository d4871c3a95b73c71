"""Secrets left in a keyring that is no longer the one in use: found there and moved, with a sentence.

A keyring changes when somebody moves from GNOME to KDE, makes another collection the default one, or a desktop begins
to offer the Secret Service. Only keyrings that would be trusted with a secret are searched, and only for an entry that
the one in use does not have.
"""

from __future__ import annotations

import logging
import platform
from collections.abc import Iterator
from contextlib import closing
from typing import TYPE_CHECKING

from keyring.backend import KeyringBackend
from keyring.compat import properties
from keyring.errors import InitError, KeyringLocked, PasswordDeleteError, PasswordSetError

from workstation.security import entries
from workstation.security.kwallet import running_kwallet

if TYPE_CHECKING:
    import secretstorage

_WALLETS = ("keyring.backends.kwallet", "workstation.security.kwallet")
_SYSTEM = ("keyring.backends.SecretService", "keyring.backends.libsecret", *_WALLETS)

log = logging.getLogger(__name__)


class OtherCollections(KeyringBackend):
    """Every collection of the Secret Service but the one in use, which is `used` (a D-Bus path, or none)."""

    def __init__(self, used: str | None) -> None:
        super().__init__()  # type: ignore[no-untyped-call]  # keyring's
        self._used = used

    @properties.classproperty
    def priority(cls) -> float:  # noqa: N805  # a property of the class, as keyring wants it
        raise RuntimeError("Only searched for what was left there")

    @property
    def name(self) -> str:
        return "Secret Service"

    def get_password(self, service: str, username: str) -> str | None:
        import secretstorage

        with closing(secretstorage.dbus_init()) as bus:
            for item in self._items(bus, service, username):
                # Asks for the collection's password only when it does hold the entry.
                if item.is_locked():
                    item.unlock()
                if item.is_locked():
                    raise KeyringLocked("the other collection was not unlocked")
                return bytes(item.get_secret()).decode("utf-8")
        return None

    def set_password(self, service: str, username: str, password: str) -> None:  # noqa: ARG002  # the interface's
        raise PasswordSetError("secrets are only taken from here")

    def delete_password(self, service: str, username: str) -> None:
        import secretstorage

        with closing(secretstorage.dbus_init()) as bus:
            found = list(self._items(bus, service, username))
            for item in found:
                item.delete()
        if not found:
            raise PasswordDeleteError(username)

    def _items(self, bus: object, service: str, username: str) -> Iterator[secretstorage.Item]:
        import secretstorage

        # keyring's own attributes, through secretstorage and libsecret alike.
        found = secretstorage.search_items(bus, {"service": service, "username": username})
        others = [item for item in found if self._used is None or not item.item_path.startswith(self._used + "/")]
        yield from sorted(others, key=lambda item: item.get_modified(), reverse=True)


def other_places(used: KeyringBackend) -> list[KeyringBackend]:
    """The trusted keyrings of this computer besides `used`. Windows and macOS have one each."""
    kind = type(used).__module__
    if platform.system() != "Linux" or kind not in _SYSTEM:
        return []
    places: list[KeyringBackend] = []
    if kind == "keyring.backends.SecretService":
        places.append(OtherCollections(_default_collection()))
    elif kind in _WALLETS and _secret_service_runs():
        places.append(OtherCollections(None))
    wallet = running_kwallet() if kind not in _WALLETS else None
    return places if wallet is None else [*places, wallet]


def move(secret: str, used: KeyringBackend, place: KeyringBackend, service: str, name: str) -> None:
    """Move `secret`, read from `place`, into `used`; it is removed when `used` gives it back.

    Stopped in between, both have it, and `used` is asked first. What backends raise passes through.
    """
    entries.put(used, service, name, secret)
    entries.drop(place, service, name)
    if entries.get(used, service, name) is None:  # two names for one place: nothing may get lost over it
        entries.put(used, service, name, secret)
    log.info("an entry was moved from another keyring")


def _secret_service_runs() -> bool:
    import secretstorage

    try:
        with closing(secretstorage.dbus_init()) as bus:
            return bool(secretstorage.check_service_availability(bus))
    except secretstorage.exceptions.SecretStorageException:
        return False


def _default_collection() -> str:
    """The path of the default collection itself: secretstorage names it by its alias, its items by their own path."""
    import secretstorage
    from jeepney import DBusAddress, MessageType, new_method_call

    where = DBusAddress("/org/freedesktop/secrets", "org.freedesktop.secrets", "org.freedesktop.Secret.Service")
    with closing(secretstorage.dbus_init()) as bus:
        reply = bus.send_and_get_reply(new_method_call(where, "ReadAlias", "s", ("default",)))
    if reply.header.message_type is MessageType.error or reply.body[0] == "/":
        raise InitError("no default collection")
    return str(reply.body[0])
