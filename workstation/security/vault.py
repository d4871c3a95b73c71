"""The vault of one seat: the store's key and the database password, opened by the PIN and the keyring together.

A random vault key seals them. It is kept twice: under what Argon2id makes of the PIN, mixed with a secret that is only
in the keyring; and under a share that only the centre holds, mixed with the same secret. The second is the way back
in for somebody who forgot the PIN or used up the tries, after signing in at the centre with the password.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import msgspec

from local_db.faults import StoreLocked
from local_db.rekey import opens_with, rekey
from workstation.domain.errors import WorkstationError
from workstation.domain.message import Message, msg, nmsg
from workstation.security import lease as leases
from workstation.security.credentials import KEY_BYTES, Credentials
from workstation.security.lease import Clocks, Lease, LeaseStatus
from workstation.security.pin import SALT_BYTES, STANDARD, Cost, WrongPin, checked, derived, mixed
from workstation.security.sealing import Unsealable, seal, unseal
from workstation.security.vault_state import DELAYS, TRIES, Kept, VaultState


class PinWait(WorkstationError):  # named as the user meets it
    """Another PIN is taken only after a pause."""

    code = "pin_wait"

    def __init__(self, seconds: int) -> None:
        self.seconds = seconds
        super().__init__(
            nmsg(
                "Wait {n} second before the next try.",
                "Wait {n} seconds before the next try.",
                seconds,
            ),
            field="pin",
        )


class PinUsedUp(WorkstationError):
    """Five wrong PINs: only a sign-in at the centre opens."""

    code = "pin_used_up"

    def __init__(self) -> None:
        super().__init__(
            msg(
                "The PIN was wrong five times. Sign in at the centre with your password and choose a new PIN; nothing "
                "is lost."
            ),
            field="password",
        )


class NoWayBack(WorkstationError):
    """The centre holds no share for this device: without the PIN its store stays closed. `tries`: may it be tried?"""

    code = "no_way_back"

    def __init__(self, *, tries: bool) -> None:
        self.tries = tries
        super().__init__(
            msg(
                "The centre cannot open this store any more, and the PIN was used up. Begin anew: everything the "
                "centre has confirmed comes back, what this device had not sent is lost."
            )
            if not tries
            else msg(
                "The centre cannot open this store without the PIN: it was set while the centre could not be reached. "
                "You have five more tries. If the PIN is lost, begin anew: everything the centre has confirmed comes "
                "back, what this device had not sent is lost."
            ),
            field="pin",
        )


@dataclass(frozen=True, slots=True)
class VaultStatus:
    """For the sign-in page and `doctor`. `wait` is in seconds."""

    has_pin: bool
    used_up: bool
    tries_left: int
    wait: int
    remembers_password: bool
    lease: LeaseStatus | None


class Opened:
    """The vault key, while the seat is open. `forget` overwrites it."""

    def __init__(self, key: bytes) -> None:
        self._key = bytearray(key)
        self.forgotten = False

    @property
    def key(self) -> bytes:
        """Raises `StoreLocked` once it was forgotten."""
        if self.forgotten:
            raise StoreLocked
        return bytes(self._key)

    def forget(self) -> None:
        self.forgotten = True
        self._key[:] = bytes(len(self._key))


class Vault:
    """One seat's vault. Everything is in the keyring and beside the store at once when a method returns."""

    def __init__(
        self,
        credentials: Credentials,
        name: str,
        path: Path,
        *,
        clocks: Clocks | None = None,
        cost: Cost = STANDARD,
    ) -> None:
        self.name, self.path = name, path
        self.clocks = clocks or Clocks()
        self._credentials, self._cost = credentials, cost
        self._kept = Kept(credentials, name, path)

    # ---- looking ----

    @property
    def state(self) -> VaultState | None:
        return self._kept.read()

    @property
    def has_pin(self) -> bool:
        state = self.state
        return state is not None and state.guarded

    def status(self) -> VaultStatus:
        state = self.state
        if state is None:
            return VaultStatus(False, False, TRIES, 0, False, None)
        return VaultStatus(
            has_pin=state.guarded,
            used_up=state.guarded and state.tries >= TRIES,
            tries_left=max(0, TRIES - state.tries),
            wait=self._wait(state),
            remembers_password=bool(state.password),
            lease=leases.status(state.lease, self.clocks),
        )

    # ---- the lease ----

    def lease(self) -> LeaseStatus:
        """Raises nothing; a seat that never was in contact with the centre has a whole lease."""
        state = self.state
        return leases.status(state.lease if state else leases.begin(self.clocks), self.clocks)

    def require_lease(self, inside: Lease | None = None) -> Lease:
        """The lease that counts, with the copy `inside` the store if it is open. Raises `LeaseEnded`, `ClockBack`."""
        state = self._state_or_new()
        found = state.lease if inside is None else leases.stricter(state.lease, inside)
        leases.require(found, self.clocks)
        return found

    def keep_lease(self, lease: Lease, *, device: str = "", idle: int | None = None) -> None:
        state = self._state_or_new()
        self._kept.write(
            msgspec.structs.replace(
                state, lease=lease, device=device or state.device, idle=state.idle if idle is None else idle
            )
        )

    # ---- the PIN ----

    def set_pin(self, pin: str, login: str, *, password: str | None) -> Opened:
        """Put a store that has none behind a PIN: its key is changed, the old entries leave the keyring.

        Every connection to the store is closed meanwhile. Raises `WeakPin` and what `rekey` raises; a crash at any
        point leaves a store that opens. The password is sealed too, and its own entry is the caller's to remove.
        """
        text = checked(pin, login)
        old = self._credentials.kept_store_key(self.name)
        if old is None:
            raise ValueError("the store has no key in the keyring: it is behind a PIN already, or not there")
        opened = Opened(secrets.token_bytes(KEY_BYTES))
        state = self._under_pin(self._state_or_new(), opened, text)
        state = msgspec.structs.replace(
            state,
            key=seal(opened.key, old, "store key"),
            password=b"" if password is None else seal(opened.key, password.encode(), "password"),
            tries=0,
        )
        self._kept.write(state)  # from here on the PIN opens; the plain entry is still there and opens too
        self.rotate_key(opened)
        self._credentials.forget_store_key(self.name)
        return opened

    def unlock(self, pin: str) -> Opened:
        """Raises `WrongPin`, `PinWait`, `PinUsedUp`. A try is counted before it is made, so that no crash saves one."""
        state = self._guarded()
        if state.tries >= TRIES or not state.by_pin:
            raise PinUsedUp
        wait = self._wait(state)
        if wait:
            raise PinWait(wait)
        counted = self._kept.write(msgspec.structs.replace(state, tries=state.tries + 1, failed_at=self.clocks.wall()))
        key = derived(pin, state.salt, state.secret, state.cost, self.name)
        try:
            opened = Opened(unseal(key, state.by_pin, "vault key"))
        except Unsealable:
            if counted.tries >= TRIES:
                self._use_up(counted)
                raise PinUsedUp from None
            raise WrongPin(TRIES - counted.tries) from None
        passed = msgspec.structs.replace(counted, tries=0, failed_at=0.0)
        if not state.cost.covers(self._cost):  # this program asks more of a guess than the one that set the PIN
            passed = self._under_pin(passed, opened, pin)
        self._kept.write(passed)
        if self._credentials.kept_store_key(self.name) is not None:  # left there by a crash while the PIN was set
            self.rotate_key(opened)
            self._credentials.forget_store_key(self.name)
        return opened

    def change_pin(self, opened: Opened, new: str, login: str) -> None:
        """Another PIN in place of the former, for somebody who has the vault open. Raises `WeakPin`."""
        text = checked(new, login)
        state = self._under_pin(self._guarded(), opened, text)
        self._kept.write(msgspec.structs.replace(state, tries=0, failed_at=0.0))

    # ---- the way back by the centre ----

    def share_wanted(self) -> bool:
        """Should the centre be given a share, so that a forgotten PIN loses nothing?"""
        state = self.state
        return state is not None and state.guarded and not state.by_centre

    def keep_share(self, opened: Opened, hand_over: Callable[[bytes], None]) -> None:
        """Give the centre a new share through `hand_over`, which returns when the centre has it for good."""
        share = secrets.token_bytes(KEY_BYTES)
        hand_over(share)
        state = self._guarded()
        key = mixed(share, state.secret, f"share {self.name}")
        self._kept.write(
            msgspec.structs.replace(
                state,
                by_centre=seal(key, opened.key, "vault key"),
                share=seal(opened.key, share, "share"),
            )
        )

    def open_by_share(self, share: bytes | None) -> Opened:
        """With what the centre gave after a sign-in. Raises `NoWayBack`; the PIN may then be tried again five times.

        The tries are not given back here but with the new PIN, which has to follow.
        """
        state = self._guarded()
        if share is not None and state.by_centre:
            key = mixed(share, state.secret, f"share {self.name}")
            try:
                return Opened(unseal(key, state.by_centre, "vault key"))
            except Unsealable:
                pass  # the centre was restored from before this share: it is as if it had none
        if state.by_pin:
            self._kept.write(msgspec.structs.replace(state, tries=0, failed_at=0.0))
        raise NoWayBack(tries=bool(state.by_pin))

    # ---- what is sealed ----

    def password(self, opened: Opened) -> tuple[str, ...]:
        """The passwords that may count, the likelier first: two during a change, none after signing out."""
        state = self._guarded()
        sealed = [(state.password, "password"), (state.next_password, "next password")]
        return tuple(unseal(opened.key, value, purpose).decode() for value, purpose in sealed if value)

    def keep_password(self, opened: Opened, password: str | None, *, following: str | None = None) -> None:
        """The password, and during a change the one that may follow it. None forgets."""
        self._kept.write(
            msgspec.structs.replace(
                self._guarded(),
                password=b"" if password is None else seal(opened.key, password.encode(), "password"),
                next_password=b"" if following is None else seal(opened.key, following.encode(), "next password"),
            )
        )

    def store_key(self, opened: Opened) -> bytes:
        """The key that opens the store. An interrupted change of it is brought to its end or taken back here."""
        state = self._guarded()
        try:
            key = unseal(opened.key, state.key, "store key")
            following = unseal(opened.key, state.next_key, "next store key") if state.next_key else None
        except Unsealable as error:
            raise _damaged(self.name) from error
        if following is None:
            return key
        if self.path.exists() and not opens_with(self.path, key) and opens_with(self.path, following):
            key = following
        self._settle(opened, key)
        return key

    def rotate_key(self, opened: Opened) -> bytes:
        """Another random key for the store, whose connections are all closed meanwhile; returns it.

        The new key is in the keyring before the store is changed, and takes the old one's place afterwards.
        """
        old = self.store_key(opened)
        new = secrets.token_bytes(KEY_BYTES)
        state = msgspec.structs.replace(self._guarded(), next_key=seal(opened.key, new, "next store key"))
        self._kept.write(state)
        if self.path.exists():
            rekey(self.path, old, new)
        self._settle(opened, new)
        return new

    def note_revoked(self) -> None:
        """The centre said so: without it the store is not opened again, not even with the PIN."""
        state = self.state
        if state is not None:
            self._kept.write(msgspec.structs.replace(state, revoked=True))

    def forget(self) -> None:
        """Everything this vault keeps in the keyring: the store is unreadable from here on."""
        self._kept.forget()
        self._credentials.forget_store_key(self.name)

    def forget_signing(self) -> None:
        """The certificate that signs what leaves this device: gone with a device that was revoked."""
        from workstation.security.signing import forget

        forget(self._credentials)

    # ---- within ----

    def _settle(self, opened: Opened, key: bytes) -> None:
        from local_db.engine import write_check

        if self.path.exists():
            write_check(self.path, key)
        now = self._guarded()  # the counts may have moved on
        self._kept.write(msgspec.structs.replace(now, key=seal(opened.key, key, "store key"), next_key=b""))

    def _under_pin(self, state: VaultState, opened: Opened, pin: str) -> VaultState:
        salt = secrets.token_bytes(SALT_BYTES)
        key = derived(pin, salt, state.secret, self._cost, self.name)
        return msgspec.structs.replace(state, salt=salt, cost=self._cost, by_pin=seal(key, opened.key, "vault key"))

    def _use_up(self, state: VaultState) -> None:
        """Where the centre has a share the PIN opens nothing any more, not even to somebody with the whole disk."""
        if state.by_centre:
            self._kept.write(msgspec.structs.replace(state, by_pin=b"", salt=b""))

    def _wait(self, state: VaultState) -> int:
        """Seconds until the next try; a clock set back makes it no shorter than the whole pause."""
        pause = DELAYS.get(state.tries, 0)
        if not pause:
            return 0
        passed = self.clocks.wall() - state.failed_at
        return pause if passed < 0 else max(0, -int(-(pause - passed) // 1))

    def _guarded(self) -> VaultState:
        state = self.state
        if state is None or not state.guarded:
            raise ValueError("this seat has no PIN")
        return state

    def _state_or_new(self) -> VaultState:
        state = self.state
        if state is not None:
            return state
        return VaultState(secret=secrets.token_bytes(KEY_BYTES), lease=leases.begin(self.clocks))


def _damaged(name: str) -> WorkstationError:
    from workstation.security.credentials import KeyringFailed

    said: Message = msg(
        "The keyring's entry for the vault of {name} is damaged. Restore the keyring from a backup; the store was not "
        "touched.",
        name=name,
    )
    return KeyringFailed(said)
