"""Composition root: signs a person in and builds their desk, for the window and for commands alike."""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Callable
from contextlib import ExitStack
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from local_db import replica
from local_db.engine import Store, StoreKeyLost, open_store
from workstation.desk.agenda import Agenda
from workstation.desk.approvals import ApprovalsDesk
from workstation.desk.breaks import Breaks
from workstation.desk.budget import BudgetDesk
from workstation.desk.call import CallDesk
from workstation.desk.casefile import Casefiles
from workstation.desk.circumstances import Circumstances
from workstation.desk.conduct import Conduct
from workstation.desk.correspondence import Correspondence
from workstation.desk.court_bundle import CourtBundles
from workstation.desk.day_close import DayClose
from workstation.desk.drafts import Drafts
from workstation.desk.letter_batches import LetterBatches
from workstation.desk.letter_mail import LetterMail
from workstation.desk.letter_results import LetterResults
from workstation.desk.messages import Messages
from workstation.desk.plan import PlanDesk
from workstation.desk.plan_follow import PlanFollow
from workstation.desk.plan_papers import PlanPapers
from workstation.desk.points import Points
from workstation.desk.privacy import Privacy
from workstation.desk.reminders import Reminders
from workstation.desk.saved_views import SavedViews
from workstation.desk.seat import Clock, Person, Seat
from workstation.desk.strategy_editing import Strategies
from workstation.desk.synchronising import Synchronising
from workstation.desk.telephone import Telephone
from workstation.desk.views import DayFigures
from workstation.desk.worklist import Worklist
from workstation.domain.changes import Changes
from workstation.domain.errors import WorkstationError
from workstation.domain.ids import uuid7
from workstation.domain.message import msg
from workstation.running import SyncRunner, device_name
from workstation.security.credentials import Credentials
from workstation.settings import ServerAddress, home

if TYPE_CHECKING:
    from workstation.sync.decisions import Link
    from workstation.sync.server import Server


class SignInError(WorkstationError):
    code = "sign_in"


def server_of(address: ServerAddress) -> Server:
    """The server of the settings, as the synchronisation knows it."""
    from workstation.sync.server import Server

    return Server(address.host, address.port, address.database, address.sslrootcert)


def store_path(server: Server, login: str) -> Path:
    """One store per person and central database."""
    folder = home() / "seats" / f"{server.host}-{server.port}-{server.database}".replace(":", "_")
    return folder / f"{login}.store"


def sign_in(
    server: Server,
    login: str,
    password: str | None,
    *,
    credentials: Credentials,
    clock: Clock | None = None,
) -> Desk:
    """Sign in at the centre, or offline with what the keyring and the store already hold.

    The password is kept in the keyring after the first success, so that it may be left out later. Raises
    `WrongPassword`, `Unreachable` (first sign-in only: offline work goes on otherwise), `DeviceRevoked`,
    `KeyringLocked`, `KeyringMissing`, `StoreDamaged`, `StoreWrongKey`; none of them loses anything.
    """
    from workstation.sync.link import DeviceRevoked, Unreachable, connect, hello

    clock = clock or Clock()
    known = credentials.password(server.id, login)
    secret = password or known
    if not secret:
        raise SignInError(
            msg("Type your password; it is kept in the keyring after the first sign-in."), field="password"
        )
    path = store_path(server, login)
    with ExitStack() as on_failure:
        try:
            with connect(server, login, secret) as conn:
                store = _open(path, credentials, login)
                on_failure.callback(store.close)
                device = _device(store)
                welcome = hello(conn, device, device_name())
        except DeviceRevoked:
            _hand_in(store, server, login, secret, device, clock)
            raise
        except Unreachable:
            on_failure.close()
            desk = _offline(server, login, password, known, path, credentials, clock)
            if desk is None:
                raise
            return desk
        person = Person(
            id=welcome.person_id,
            login=welcome.login,
            name=welcome.name,
            role=welcome.role,
            team_id=welcome.team_id,
            team_name=welcome.team_name or "",
        )
        with store.write() as conn_local:
            replica.set_state(conn_local, "person", msgspec.json.encode(person).decode())
        credentials.remember_password(server.id, login, secret)
        on_failure.pop_all()
    return Desk(server, secret, Seat(store, person, device, clock), online=True, open_keyring=lambda: credentials)


def _hand_in(store: Store, server: Server, login: str, password: str, device: str, clock: Clock) -> None:
    """A revoked device may hand in what it recorded before; the synchronisation does so and then raises the refusal."""
    from workstation.sync.engine import Device, sync_once
    from workstation.sync.link import connect

    sync_once(store, lambda: connect(server, login, password), Device(device, device_name()), clock.today())


def _offline(
    server: Server, login: str, typed: str | None, known: str | None, path: Path, credentials: Credentials, clock: Clock
) -> Desk | None:
    """The desk without the centre, for the one whose password opened it last; None before the first sign-in."""
    if not path.exists():
        return None
    if known is None or (typed and not hmac.compare_digest(typed.encode(), known.encode())):
        raise SignInError(
            msg("The centre cannot be reached, and this is not the password of the last sign-in."), field="password"
        ) from None
    store = _open(path, credentials, login)
    with ExitStack() as on_failure:
        on_failure.callback(store.close)
        person = _kept_person(store)
        if person is None:
            return None
        device = _device(store)
        on_failure.pop_all()
    return Desk(server, known, Seat(store, person, device, clock), online=False, open_keyring=lambda: credentials)


def _open(path: Path, credentials: Credentials, login: str) -> Store:
    """A key is made for a new store only: one made for a store that exists could not open it."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    name = f"{path.parent.name}/{login}"
    key = credentials.kept_store_key(name) if path.exists() else credentials.store_key(name)
    if key is None:
        raise StoreKeyLost(path)
    return open_store(path, key)


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


def _line(server: Server, login: str, password: str) -> Link:
    """A connection to the centre for one decision."""
    from workstation.sync.link import connect

    return connect(server, login, password)


class Desk:
    """One signed-in person's desk. Everything the window or a command does goes through here."""

    practice = False  # with made-up debtors

    def __init__(
        self,
        server: Server,
        password: str,
        seat: Seat,
        *,
        online: bool,
        open_keyring: Callable[[], Credentials] = Credentials,
    ) -> None:
        self.seat = seat
        self.worklist = Worklist(seat)
        self.views = SavedViews(seat)
        self.breaks = Breaks(seat)
        self.casefile = Casefiles(seat)
        self.privacy = Privacy(seat, self.casefile.refresh)
        self.points = Points(seat)
        self.circumstances = Circumstances(seat)
        self.call = CallDesk(seat)
        self.budget = BudgetDesk(seat)
        self.plan = PlanDesk(seat)
        self.plan_follow = PlanFollow(seat)
        self.plan_papers = PlanPapers(seat)
        self.correspondence = Correspondence(seat)
        self.letter_batches = LetterBatches(seat, self.correspondence)
        self.letter_results = LetterResults(seat)
        self.court_bundles = CourtBundles(seat, self.correspondence)
        self.messages = Messages(seat)
        self.letter_mail = LetterMail(seat, self.correspondence, self.messages)
        self.reminders = Reminders(seat, self.messages)
        self.conduct = Conduct(seat)
        self.strategies = Strategies(seat)
        self.day_close = DayClose(seat)
        self.agenda = Agenda(seat)
        self.drafts = Drafts(seat)
        self.synchronising = Synchronising(seat)
        self.sync = SyncRunner(server, password, seat, online=online, changed=self.announce)
        self.approvals = ApprovalsDesk(
            seat,
            lambda: _line(server, seat.person.login, password),
            lambda: self.sync.sync_now(),  # noqa: PLW0108  # whichever it is by then
        )
        self._listeners: list[Callable[[Changes], None]] = []
        # The window replaces this so that listeners always run in its thread.
        self.post: Callable[[Callable[[], None]], None] = lambda call: call()
        self.telephone = Telephone(
            seat,
            self.privacy,
            post=lambda call: self.post(call),  # noqa: PLW0108  # whatever it is by then
            open_keyring=open_keyring,
        )

    person_name = property(lambda self: self.seat.person.name)
    role = property(lambda self: self.seat.person.role)
    team_name = property(lambda self: self.seat.person.team_name)

    def today(self) -> date:
        return self.seat.clock.today()

    def now(self) -> datetime:
        return self.seat.clock.now()

    def subscribe(self, listener: Callable[[Changes], None]) -> None:
        self._listeners.append(listener)

    def announce(self, changes: Changes) -> None:
        """Tell every screen what changed, whoever caused it."""
        self.casefile.refresh(changes)
        self.agenda.refresh(changes)
        self.reminders.refresh(changes)

        def deliver() -> None:
            self.worklist.refresh(changes)
            self.conduct.refresh(changes)
            self.approvals.refresh(changes)
            for listener in self._listeners:
                listener(changes)

        self.post(deliver)

    def day(self) -> DayFigures:
        return self.worklist.day()

    def close(self) -> None:
        self.telephone.close()
        self.sync.close()
        self.seat.store.close()
