"""Keeps one signed-in person's seat: locks and opens it, holds it to its lease, changes what protects it.

The window asks it; the synchronisation tells it of every contact with the centre, in the worker's thread.
"""

from __future__ import annotations

import hmac
import logging
import threading
from collections.abc import Callable
from time import monotonic, sleep
from typing import TYPE_CHECKING, Literal

import msgspec

from local_db import attachments, outbox, replica
from local_db.engine import Store
from local_db.faults import StoreBusy, StoreLocked
from workstation import settings
from workstation.domain.errors import InputError, WorkstationError
from workstation.domain.message import Message, msg, nmsg
from workstation.running import device_name
from workstation.security import lease as leases
from workstation.security.credentials import Credentials
from workstation.security.lease import Lease, LeaseProblem, LeaseStatus

if TYPE_CHECKING:
    from workstation.running import SyncRunner
    from workstation.security.vault import Opened, Vault
    from workstation.sync.link import DeviceRevoked
    from workstation.sync.server import Server
    from workstation.sync.terms import Terms

log = logging.getLogger(__name__)

LEASE_STATE = "lease"  # the copy of the lease inside the store
MARK_SECONDS = 300.0  # how often the time seen is kept while one works
_NOT_WORTH_SECONDS = 240.0
_CLOSING_SECONDS = 20.0  # how long what still reads the store may take to end

Why = Literal["key", "idle", "sleep", "session", "lease", "start"]


class NoPin(WorkstationError):
    """There is nothing to lock with."""

    code = "no_pin"

    def __init__(self) -> None:
        super().__init__(msg("This seat has no PIN yet. Set one in the settings; it locks and opens the workstation."))


class Guard:
    """`vault` is None where there is nothing to keep: the practice, and tests of other rooms."""

    def __init__(
        self,
        store: Store,
        server: Server,
        login: str,
        sync: SyncRunner,
        vault: Vault | None,
        opened: Opened | None,
        credentials: Callable[[], Credentials],
        *,
        device: str = "",
        password: str = "",
        pin_to_choose: bool = False,
    ) -> None:
        self._store, self._server, self._login, self._sync = store, server, login, sync
        self._vault, self._opened, self._credentials = vault, opened, credentials
        self._device, self._password, self._following = device, password, ""
        self.pin_to_choose = pin_to_choose  # opened by the centre: the former PIN counts no more
        self.revoked: Callable[[DeviceRevoked], None] = lambda _error: None  # told in the worker's thread
        self._changing = threading.RLock()  # never held while the network is waited for
        self._marked = monotonic()
        state = None if vault is None else vault.state
        self._guarded = state is not None and state.guarded
        self._lease = None if state is None else state.lease  # as kept: the keyring is not asked every second
        self._idle = leases.IDLE_SECONDS if state is None else state.idle
        if vault is not None:
            sync.met = self.met
            sync.revoked = lambda error: self.revoked(error)  # noqa: PLW0108  # whatever it is by then
            sync.other_password = self._other_password

    # ---- as it stands ----

    @property
    def keeps(self) -> bool:
        return self._vault is not None

    @property
    def has_pin(self) -> bool:
        return self._guarded

    @property
    def locked(self) -> bool:
        return self._store.locked

    @property
    def key_held(self) -> bool:
        """While locked: is a long job still at work, so that the key is still in memory?"""
        return self._store.key_held

    def wait(self) -> int:
        """Seconds until another PIN is taken."""
        return 0 if self._vault is None else self._vault.status().wait

    def lease(self) -> LeaseStatus | None:
        return None if self._vault is None or self._lease is None else leases.status(self._lease, self._vault.clocks)

    def idle_seconds(self) -> int:
        """After how long alone the seat locks: as the centre says, or sooner if the person wants."""
        chosen = settings.load().idle_seconds
        return min(self._idle, chosen) if chosen else self._idle

    @property
    def longest_idle(self) -> int:
        return self._idle

    @property
    def password(self) -> str:
        """Of the database, for a decision at the centre; empty while locked."""
        return self._password

    def may_follow(self, *passwords: str) -> None:
        """A change broke off: this one may be the centre's by now."""
        self._following = next(iter(passwords), "")

    # ---- locking and opening ----

    def lock(self, *, at_once: bool = False) -> None:
        """Close the store and forget key and password; a synchronisation stops, a long job ends first (`Store.lock`).

        With `at_once`, before the computer sleeps, it does not. Raises `NoPin`.
        """
        vault = self._vault
        if vault is None or not self.has_pin:
            raise NoPin
        with self._changing:
            if not self._store.locked:
                self._mark()
            self._sync.pause()
            self._following = ""
            self._password = ""
            if self._opened is not None:
                self._opened.forget()
                self._opened = None
            self._store.lock(at_once=at_once)

    def unlock(self, pin: str) -> None:
        """Open everything as it was. Raises `WrongPin`, `PinWait`, `PinUsedUp`, `LeaseEnded`, `ClockBack`.

        When the lease has ended the centre is asked first; a device revoked meanwhile raises `DeviceRevoked`.
        """
        vault = self._need()
        with self._changing:
            opened = vault.unlock(pin)
        contact = False
        try:
            vault.require_lease()
        except LeaseProblem as problem:
            self._ask_centre(vault, opened, problem)
            contact = True
        with self._changing:
            self._open_with(vault, opened, contact=contact)

    def _ask_centre(self, vault: Vault, opened: Opened, problem: LeaseProblem) -> None:
        """Renew the lease by contact. Raises `problem` when there is none."""
        from workstation.sync.link import DeviceRevoked, Unreachable, WrongPassword, connect, hello
        from workstation.sync.terms import seat_terms

        for password in vault.password(opened):
            try:
                with connect(self._server, self._login, password) as conn:
                    welcome = hello(conn, self._device, device_name())
                    self._keep_terms(vault, seat_terms(conn, welcome, self._device), inside=False)
            except WrongPassword:
                continue
            except Unreachable:
                break
            except DeviceRevoked as error:
                self._store.open_again(vault.store_key(opened))
                self._password = password
                raise self.leave(self.hand_in(error)) from error
            return
        opened.forget()
        raise problem

    def _open_with(self, vault: Vault, opened: Opened, *, contact: bool) -> None:
        self._store.open_again(vault.store_key(opened))
        try:
            # After contact the keyring's copy of the lease is the newer one, and the one inside follows it.
            self._lease = vault.require_lease(None if contact else kept_inside(self._store))
        except WorkstationError:
            self._store.lock(at_once=True)
            opened.forget()
            raise
        keep_inside(self._store, self._lease)
        passwords = vault.password(opened)
        self._opened = opened
        self._password, self._following = (*passwords, "", "")[:2]
        self._sync.go_on(self._password)

    def unlock_at_centre(self, password: str) -> None:
        """For somebody who forgot the PIN or used it up: sign in at the centre, which has a share of the key.

        A new PIN has to be chosen (`pin_to_choose`). Raises the errors of `sync.link`, and `NoWayBack`.
        """
        from workstation.sync.link import connect, hello
        from workstation.sync.terms import device_share, seat_terms

        vault = self._need()
        with connect(self._server, self._login, password) as conn:
            welcome = hello(conn, self._device, device_name())
            terms = seat_terms(conn, welcome, self._device)
            share = device_share(conn, self._device) if terms.has_share else None
        with self._changing:
            opened = vault.open_by_share(share)
            self._keep_terms(vault, terms, inside=False)
            self._open_with(vault, opened, contact=True)
            self.keep_password(password)
            self.pin_to_choose = True

    # ---- the PIN, the key, the password ----

    def set_pin(self, pin: str) -> None:
        """Put the seat behind a PIN; the store is closed for a second. Raises `WeakPin` and what `rekey` raises."""
        vault = self._need()
        with self._changing, self._closed(vault):
            self._opened = vault.set_pin(pin, self._login, password=self._password or None)
            self._guarded = True
            self._credentials().forget(self._server.id, self._login)
        self._give_share()

    def change_pin(self, old: str, new: str) -> None:
        """Raises `WrongPin` and its like, counted as at the lock, and `WeakPin`."""
        vault = self._need()
        with self._changing:
            vault.unlock(old)
            if self._opened is None:
                raise StoreLocked
            vault.change_pin(self._opened, new, self._login)

    def choose_pin(self, pin: str) -> None:
        """A new PIN after the centre opened the seat, or the first one."""
        from workstation.security.pin import WrongPin

        vault = self._need()
        if not self.has_pin:
            self.set_pin(pin)
            return
        with self._changing:
            if self._opened is None or not self.pin_to_choose:
                raise WrongPin(0)
            vault.change_pin(self._opened, pin, self._login)
            self.pin_to_choose = False

    def rotate_key(self) -> None:
        """Another key for the store, which is closed for about a second; a crash leaves the old one or the new one."""
        vault = self._need()
        if self._opened is None:
            raise NoPin
        with self._changing, self._closed(vault):
            vault.rotate_key(self._opened)

    def change_password(self, old: str, new: str) -> None:
        """Another password at the centre, and here. A crash in between leaves both here until one has signed in.

        Raises `InputError` with the policy, `WrongPassword`, `Unreachable`.
        """
        from workstation.sync.link import Unreachable
        from workstation.sync.password import change_password

        vault = self._need()
        if not hmac.compare_digest(old.encode(), self._password.encode()):
            raise InputError(msg("This is not your present password."), field="old")
        with self._changing:
            if self._opened is not None:
                vault.keep_password(self._opened, old, following=new)
            self._following = new
        try:
            change_password(self._server, self._login, old, new)
        except Unreachable:
            raise  # whether it was done nobody knows: both stay until one of them has signed in
        except WorkstationError:
            self.keep_password(old)
            raise
        self.keep_password(new)

    def keep_password(self, password: str) -> None:
        """What the centre has taken last."""
        with self._changing:
            self._password, self._following = password, ""
            self._sync.change_password(password)
            if self._vault is not None and self._opened is not None:
                self._vault.keep_password(self._opened, password)
            else:
                self._credentials().remember_password(self._server.id, self._login, password)

    def _other_password(self) -> str | None:
        """After the centre refused the one that was kept: the one a broken change may have left, once."""
        with self._changing:
            other, self._following = self._following, ""
        if other:
            self.keep_password(other)
        return other or None

    # ---- leaving ----

    def waiting(self) -> int:
        """Records, photos and signatures that the centre has not confirmed."""
        with self._store.read() as conn:
            return outbox.waiting(conn) + attachments.unsent(conn)[0]

    def sign_out(self, *, remove: bool) -> Message:
        """Forget the password, and with `remove` the store and its keys. The desk is to be closed before.

        Raises `InputError` when something waits that would be lost with the store.
        """
        from workstation.security.erase import erase

        vault = self._need()
        waits = 0 if self._store.locked else self.waiting()
        if remove and waits:
            raise InputError(
                nmsg(
                    "{n} record has not reached the centre. Synchronise first; nothing was removed.",
                    "{n} records have not reached the centre. Synchronise first; nothing was removed.",
                    waits,
                )
            )
        if self._opened is not None:
            vault.keep_password(self._opened, None)
        self._credentials().forget(self._server.id, self._login)
        self._sync.close()
        self._store.close()
        if remove:
            erase(vault)
            return msg("Signed out. The cases, their key and your password are gone from this device.")
        return msg(
            "Signed out. Your password is gone from this device; the cases stay, closed, until you sign in again."
        )

    def hand_in(self, error: DeviceRevoked) -> DeviceRevoked:
        """Once more what a revoked device may still hand in; returns the refusal to go on with."""
        from workstation.leaving import hand_in

        return hand_in(self._store, self._server, self._login, self._password, self._device, error)

    def leave(self, error: DeviceRevoked) -> DeviceRevoked:
        """The centre revoked this device and what could be was handed in: close the store and take the seat off.

        Returns what to tell. Erased at once when it was asked for; else as soon as nothing waits any more.
        """
        from workstation.leaving import end_seat, report_erased

        waits = 0 if self._store.locked else self.waiting()
        password = self._password
        self._sync.pause()
        self._store.close()
        return end_seat(
            error,
            waits,
            self._need(),
            forget_password=lambda: self._credentials().forget(self._server.id, self._login),
            report=lambda: report_erased(self._server, self._login, password, self._device),
        )

    # ---- contact and time ----

    def met(self, terms: Terms) -> None:
        """There was contact with the centre: the lease begins anew, in the centre's time."""
        if self._vault is None:
            return
        with self._changing:
            self._keep_terms(self._vault, terms, inside=True)
        if terms.has_share is False or (terms.has_share and self._vault.share_wanted()):
            self._give_share()

    def tick(self) -> None:
        """Now and then, in the window's thread: keep the time seen. Raises `LeaseEnded`, `ClockBack`."""
        if self._vault is None or self._lease is None or self.locked:
            return
        leases.require(self._lease, self._vault.clocks)
        if monotonic() - self._marked >= MARK_SECONDS:
            self._mark()

    def _keep_terms(self, vault: Vault, terms: Terms, *, inside: bool) -> None:
        lease = leases.renewed(vault.clocks, terms.server_time.timestamp(), terms.lease_seconds)
        if self._lease is not None and inside and self._idle == terms.idle_seconds and same(self._lease, lease):
            return
        vault.keep_lease(lease, device=self._device, idle=terms.idle_seconds)
        if inside:
            keep_inside(self._store, lease)
        self._lease, self._idle = lease, terms.idle_seconds

    def _mark(self) -> None:
        vault, self._marked = self._vault, monotonic()
        state = None if vault is None else vault.state
        if vault is None or state is None:
            return
        lease = leases.advanced(state.lease, vault.clocks)
        if lease != state.lease:
            vault.keep_lease(lease)
            keep_inside(self._store, lease)
            self._lease = lease

    def _give_share(self) -> None:
        """So that a forgotten PIN loses nothing. Without the centre it is done at the next contact."""
        from workstation.sync.link import LinkError, connect, hello
        from workstation.sync.terms import GIVES_TERMS, keep_share

        vault, opened = self._vault, self._opened
        if vault is None or opened is None or not self._password:
            return
        try:
            with connect(self._server, self._login, self._password) as conn:
                if hello(conn, self._device, device_name()).schema_version < GIVES_TERMS:
                    return
                vault.keep_share(opened, lambda share: keep_share(conn, self._device, share))
        except LinkError as error:
            log.info("the centre has no share of this seat yet: %s", error.code)

    # ---- within ----

    def _need(self) -> Vault:
        if self._vault is None:
            raise NoPin
        return self._vault

    def _closed(self, vault: Vault) -> _Closed:
        return _Closed(self, vault)

    def _wait_until_closed(self) -> None:
        """What still reads ends soon."""
        until = monotonic() + _CLOSING_SECONDS
        while self._store.key_held:
            if monotonic() >= until:
                raise StoreBusy(self._store.path)
            sleep(0.02)


class _Closed:
    """Around a change of the key: the store is closed, the synchronisation waits, and then all is as before."""

    def __init__(self, guard: Guard, vault: Vault) -> None:
        self._guard, self._vault = guard, vault
        self._password = ""

    def __enter__(self) -> None:
        guard = self._guard
        if guard._store.locked:
            raise StoreLocked
        self._password = guard._password
        guard._sync.pause()
        guard._store.lock(at_once=True)
        try:
            guard._wait_until_closed()
        except StoreBusy:
            self._open_again()
            raise

    def __exit__(self, *_error: object) -> None:
        self._open_again()

    def _open_again(self) -> None:
        guard = self._guard
        key = (
            guard._credentials().kept_store_key(self._vault.name)
            if guard._opened is None
            else self._vault.store_key(guard._opened)
        )
        if key is not None:
            guard._store.open_again(key)
        guard._sync.go_on(self._password)


def same(one: Lease, other: Lease) -> bool:
    """Is writing the other down worth nothing? Half a minute after a synchronisation comes the next."""
    return (
        one.length == other.length
        and abs(one.offset - other.offset) < 5
        and 0 <= other.until - one.until < _NOT_WORTH_SECONDS
    )


def kept_inside(store: Store) -> Lease | None:
    """The copy of the lease in the store; None in one of an earlier version."""
    with store.read() as conn:
        kept = replica.get_state(conn, LEASE_STATE)
    return None if kept is None else msgspec.json.decode(kept, type=Lease)


def keep_inside(store: Store, lease: Lease) -> None:
    with store.write() as conn:
        replica.set_state(conn, LEASE_STATE, msgspec.json.encode(lease).decode())
