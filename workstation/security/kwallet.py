"""KDE's wallet over D-Bus, for a desktop whose KWallet does not offer the Secret Service.

keyring brings a backend for it that needs dbus-python, which has to be compiled; this one asks with jeepney, which the
Secret Service needs anyway. Plasma 6 first, then Plasma 5. Used when nothing better runs, and to find what was left in
KWallet when another keyring took over; never chosen by keyring itself.

Interface: org.kde.KWallet, https://api.kde.org/frameworks/kwallet/ (`src/runtime/kwalletd/org.kde.KWallet.xml`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from keyring.backend import KeyringBackend
from keyring.compat import properties
from keyring.errors import KeyringError, KeyringLocked, PasswordDeleteError, PasswordSetError

if TYPE_CHECKING:
    from jeepney.io.blocking import DBusConnection

_DAEMONS = (("org.kde.kwalletd6", "/modules/kwalletd6"), ("org.kde.kwalletd5", "/modules/kwalletd5"))
_APP = "collector-workstation"
_ASK_SECONDS = 120.0  # the person may have to type the wallet's password
_NO_WINDOW = 0


class KWallet(KeyringBackend):
    """The wallet for local passwords of the person signed in to the desktop: folder = service, entry = name."""

    def __init__(self, bus: DBusConnection, daemon: tuple[str, str]) -> None:
        super().__init__()  # type: ignore[no-untyped-call]  # keyring's
        self._bus = bus
        self._daemon = daemon
        self._handle = -1

    @properties.classproperty
    def priority(cls) -> float:  # noqa: N805  # a property of the class, as keyring wants it
        raise RuntimeError("KWallet is asked for by the program, not chosen by keyring")

    @property
    def name(self) -> str:
        return "KWallet"

    def get_password(self, service: str, username: str) -> str | None:
        wallet = self._wallet()
        # Asked of a closed wallet, so that nobody has to open one in which there is nothing. Of an open one the answer
        # is as of its opening (seen with 5.103).
        if not self._ask("isOpen", "s", wallet) and self._ask("keyDoesNotExist", "sss", wallet, service, username):
            return None
        handle = self._open()
        if not self._ask("hasEntry", "isss", handle, service, username, _APP):
            return None
        return str(self._ask("readPassword", "isss", handle, service, username, _APP))

    def set_password(self, service: str, username: str, password: str) -> None:
        handle = self._open()
        if self._ask("writePassword", "issss", handle, service, username, password, _APP) != 0:
            raise PasswordSetError("KWallet did not write the entry")
        self._ask("sync", "is", handle, _APP)  # it writes seconds later otherwise; a store made meanwhile would be lost

    def delete_password(self, service: str, username: str) -> None:
        handle = self._open()
        if self._ask("removeEntry", "isss", handle, service, username, _APP) != 0:
            raise PasswordDeleteError(username)
        self._ask("sync", "is", handle, _APP)

    def _wallet(self) -> str:
        return str(self._ask("localWallet", ""))

    def _open(self) -> int:
        if self._handle < 0 or not self._ask("isOpen", "i", self._handle):
            self._handle = int(self._ask("open", "sxs", self._wallet(), _NO_WINDOW, _APP))
        if self._handle < 0:
            raise KeyringLocked("KWallet was not opened")
        return self._handle

    def _ask(self, method: str, signature: str, *values: object) -> Any:
        from jeepney import DBusAddress, MessageType, new_method_call

        name, path = self._daemon
        call = new_method_call(DBusAddress(path, name, "org.kde.KWallet"), method, signature, values)
        try:
            reply = self._bus.send_and_get_reply(call, timeout=_ASK_SECONDS)
        except TimeoutError as error:
            raise KeyringLocked("KWallet did not answer in time") from error
        if reply.header.message_type is MessageType.error:
            raise KeyringError(f"KWallet: {reply.header.fields.get(4)}")
        return reply.body[0] if reply.body else None


def running_kwallet() -> KWallet | None:
    """The KWallet that runs or can be started on this session's bus; None when there is none."""
    from jeepney import DBusAddress, new_method_call
    from jeepney.io.blocking import open_dbus_connection

    try:
        bus = open_dbus_connection(bus="SESSION")
    except (OSError, KeyError, ValueError, RuntimeError):
        return None  # no session bus, hence nothing on it
    itself = DBusAddress("/org/freedesktop/DBus", "org.freedesktop.DBus", "org.freedesktop.DBus")
    offered: set[str] = set()
    for method in ("ListNames", "ListActivatableNames"):
        offered.update(bus.send_and_get_reply(new_method_call(itself, method)).body[0])
    for daemon in _DAEMONS:
        if daemon[0] in offered:
            return KWallet(bus, daemon)
    bus.close()
    return None
