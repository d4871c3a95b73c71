"""One sign-in: at the centre or offline, with the PIN or without, from what was typed to an open store."""

from __future__ import annotations

import hmac
import secrets
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import msgspec

from local_db import attachments, outbox, replica
from local_db.engine import Store, StoreKeyLost, open_store
from workstation import guard, leaving
from workstation.desk.seat import Person
from workstation.domain.errors import WorkstationError
from workstation.domain.ids import uuid7
from workstation.domain.message import msg
from workstation.running import device_name
from workstation.security import lease as leases
from workstation.security.credentials import Credentials
from workstation.security.vault import NoWayBack, Opened, Vault
from workstation.sync.link import DeviceRevoked, WrongPassword, connect, hello
from workstation.sync.terms import device_share, seat_terms

if TYPE_CHECKING:
    from workstation.sync.decisions import Link
    from workstation.sync.server import Server


class SignInError(WorkstationError):
    """Something is missing or does not fit; `field` says what to type."""

    code = "sign_in"


@dataclass(frozen=True, slots=True)
class Entered:
    """What a desk is built of. `following`: a password that may be the centre's by now, after a broken change."""

    store: Store
    person: Person
    device: str
    password: str
    online: bool
    opened: Opened | None
    by_centre: bool
    following: str = ""


class Entry:
    """One sign-in: what is known of the person, and the store once it is open."""

    def __init__(self, server: Server, login: str, typed: str | None, credentials: Credentials, vault: Vault) -> None:
        self._server, self._login, self._typed = server, login, typed
        self._credentials, self._vault = credentials, vault
        self._path = vault.path
        self._opened: Opened | None = None
        self._guarded = vault.has_pin
        self._by_centre = False

    def open_vault(self, pin: str | None) -> None:
        """With the PIN, if the seat has one and it was typed. Raises `SignInError` for what is missing."""
        if self._guarded and pin:
            self._opened = self._vault.unlock(pin)
        elif self._guarded and not self._typed:
            raise SignInError(msg("Type your PIN."), field="pin")
        if not self._typed and not self._kept():
            raise SignInError(
                msg("You signed out here. Type your password too; it is kept again afterwards.")
                if self._guarded
                else msg("Type your password; it is kept in the keyring after the first sign-in."),
                field="password",
            )

    def _kept(self) -> tuple[str, ...]:
        """The passwords that are kept here, the likelier first."""
        if self._guarded:
            return () if self._opened is None else self._vault.password(self._opened)
        known = self._credentials.password(self._server.id, self._login)
        return () if known is None else (known,)

    def at_centre(self) -> Entered:
        candidates = (self._typed,) if self._typed else self._kept()
        for place, secret in enumerate(candidates, 1):
            try:
                return self._with(secret)
            except WrongPassword:
                if place == len(candidates):
                    raise
        raise SignInError(msg("Type your password."), field="password")

    def _with(self, secret: str) -> Entered:
        store: Store | None = None
        device = ""
        with ExitStack() as on_failure:
            try:
                with connect(self._server, self._login, secret) as conn:
                    if self._guarded and self._opened is None:
                        self._open_by_centre(conn)
                    store = self._open()
                    on_failure.callback(store.close)
                    device = _device(store)
                    welcome = hello(conn, device, device_name())
                    terms = seat_terms(conn, welcome, device)
            except DeviceRevoked as error:
                raise self._taken_off(error, store, secret, device) from error
            person = Person(
                id=welcome.person_id,
                login=welcome.login,
                name=welcome.name,
                role=welcome.role,
                team_id=welcome.team_id,
                team_name=welcome.team_name or "",
            )
            lease = leases.renewed(self._vault.clocks, terms.server_time.timestamp(), terms.lease_seconds)
            with store.write() as conn_local:
                replica.set_state(conn_local, "person", msgspec.json.encode(person).decode())
            guard.keep_inside(store, lease)
            self._vault.keep_lease(lease, device=device, idle=terms.idle_seconds)
            if self._opened is not None:
                self._vault.keep_password(self._opened, secret)
                self._credentials.forget(self._server.id, self._login)
            else:
                self._credentials.remember_password(self._server.id, self._login, secret)
            on_failure.pop_all()
        return Entered(store, person, device, secret, True, self._opened, self._by_centre)

    def _open_by_centre(self, conn: Link) -> None:
        """Without the PIN: the centre's share of the key. Raises `NoWayBack`, `DeviceRevoked`."""
        state = self._vault.state
        if state is None:
            raise NoWayBack(tries=False)
        welcome = hello(conn, state.device, device_name())
        terms = seat_terms(conn, welcome, state.device)
        share = device_share(conn, state.device) if terms.has_share else None
        self._opened = self._vault.open_by_share(share)
        self._by_centre = True

    def _taken_off(self, error: DeviceRevoked, store: Store | None, secret: str, device: str) -> DeviceRevoked:
        """Hand in what may be, then take the seat off this device; returns what to tell."""
        waiting = 0
        if store is not None:
            error = leaving.hand_in(store, self._server, self._login, secret, device, error)
            with store.read() as conn:
                waiting = outbox.waiting(conn) + attachments.unsent(conn)[0]
            store.close()
        elif not error.erase:
            return error  # closed without the PIN: who types it next hands in
        state = self._vault.state
        known = device or (state.device if state else "")
        return leaving.end_seat(
            error,
            waiting,
            self._vault,
            forget_password=lambda: self._credentials.forget(self._server.id, self._login),
            report=lambda: leaving.report_erased(self._server, self._login, secret, known),
        )

    def offline(self) -> Entered | None:
        """The desk without the centre, for the one whose password opened it last; None before the first sign-in."""
        if not self._path.exists():
            return None
        if self._guarded and self._opened is None:
            raise SignInError(
                msg("The centre cannot be reached. Type your PIN to work offline."), field="pin"
            ) from None
        kept = self._kept()
        typed = self._typed
        if not kept or (typed and not any(hmac.compare_digest(typed.encode(), one.encode()) for one in kept)):
            raise SignInError(
                msg("The centre cannot be reached, and this is not the password of the last sign-in."), field="password"
            ) from None
        state = self._vault.state
        if state is not None and state.revoked:
            raise DeviceRevoked(
                msg("This device was revoked. Connect to the network and sign in: what it holds is then handed in.")
            )
        self._vault.require_lease()
        store = self._open()
        with ExitStack() as on_failure:
            on_failure.callback(store.close)
            person = _kept_person(store)
            if person is None:
                return None
            lease = leases.advanced(self._vault.require_lease(guard.kept_inside(store)), self._vault.clocks)
            guard.keep_inside(store, lease)
            device = _device(store)
            self._vault.keep_lease(lease, device=device)
            on_failure.pop_all()
        return Entered(store, person, device, kept[0], False, self._opened, False, following="".join(kept[1:2]))

    def _open(self) -> Store:
        """A key is made for a new store only: one made for a store that exists could not open it."""
        self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        name = self._vault.name
        key: bytes | None
        if self._opened is not None:
            key = self._vault.store_key(self._opened)
        else:
            key = self._credentials.kept_store_key(name) if self._path.exists() else self._credentials.store_key(name)
        if key is None:
            raise StoreKeyLost(self._path)
        return open_store(self._path, key)


def _device(store: Store) -> str:
    with store.write() as conn:
        device = replica.get_state(conn, "device")
        if device is None:
            device = uuid7(int(datetime.now(UTC).timestamp() * 1000), secrets.token_bytes(10))
            replica.set_state(conn, "device", device)
        return device


def _kept_person(store: Store) -> Person | None:
    with store.read() as conn:
        kept = replica.get_state(conn, "person")
    return None if kept is None else msgspec.json.decode(kept, type=Person)
