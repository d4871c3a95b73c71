"""Composition root: signs a person in and builds their desk, for the window and for commands alike."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from workstation import guard
from workstation.desk.agenda import Agenda
from workstation.desk.approvals import ApprovalsDesk
from workstation.desk.asking import Asking
from workstation.desk.attachments import Attachments
from workstation.desk.audit import AuditDesk
from workstation.desk.audit_extract import Extracts
from workstation.desk.breaks import Breaks
from workstation.desk.budget import BudgetDesk
from workstation.desk.call import CallDesk
from workstation.desk.casefile import Casefiles
from workstation.desk.caseload import CaseloadDesk
from workstation.desk.central_indicators import CentralIndicators
from workstation.desk.circumstances import Circumstances
from workstation.desk.coaching import Coaching
from workstation.desk.conduct import Conduct
from workstation.desk.correspondence import Correspondence
from workstation.desk.court_bundle import CourtBundles
from workstation.desk.day_close import DayClose
from workstation.desk.dossier_register import DossierRegister
from workstation.desk.dossiers import Dossiers
from workstation.desk.drafts import Drafts
from workstation.desk.field_bundle import FieldBundle
from workstation.desk.field_day import FieldDays
from workstation.desk.field_places import FieldPlaces
from workstation.desk.indicators import Indicators
from workstation.desk.letter_batches import LetterBatches
from workstation.desk.letter_mail import LetterMail
from workstation.desk.letter_queue import LetterQueue
from workstation.desk.letter_results import LetterResults
from workstation.desk.messages import Messages
from workstation.desk.plan import PlanDesk
from workstation.desk.plan_follow import PlanFollow
from workstation.desk.plan_papers import PlanPapers
from workstation.desk.points import Points
from workstation.desk.privacy import Privacy
from workstation.desk.reassigning import Reassigning
from workstation.desk.reminders import Reminders
from workstation.desk.report import Reports
from workstation.desk.report_handing import ReportHanding
from workstation.desk.saved_views import SavedViews
from workstation.desk.seat import Clock, Seat
from workstation.desk.signed_agreement import SignedAgreements
from workstation.desk.staffing import StaffingDesk
from workstation.desk.strategy_editing import Strategies
from workstation.desk.synchronising import Synchronising
from workstation.desk.telephone import Telephone
from workstation.desk.unusual import UnusualAccess
from workstation.desk.views import DayFigures
from workstation.desk.visit import VisitDesk
from workstation.desk.visit_photos import VisitPhotos
from workstation.desk.waiting_decisions import WaitingDecisions
from workstation.desk.worklist import Worklist
from workstation.domain.changes import Changes
from workstation.running import SyncRunner
from workstation.security.credentials import Credentials
from workstation.settings import ServerAddress, home

if TYPE_CHECKING:
    from workstation.security.lease import Clocks
    from workstation.security.pin import Cost
    from workstation.security.vault import Opened, Vault
    from workstation.sync.decisions import Link
    from workstation.sync.server import Server


def server_of(address: ServerAddress) -> Server:
    """The server of the settings, as the synchronisation knows it."""
    from workstation.sync.server import Server

    return Server(address.host, address.port, address.database, address.sslrootcert, address.pooled)


def store_path(server: Server, login: str) -> Path:
    """One store per person and central database."""
    folder = home() / "seats" / f"{server.host}-{server.port}-{server.database}".replace(":", "_")
    return folder / f"{login}.store"


def vault_of(
    server: Server, login: str, credentials: Credentials, *, clocks: Clocks | None = None, cost: Cost | None = None
) -> Vault:
    """The vault of this person's seat at this centre; nothing is made by asking."""
    from workstation.security.pin import STANDARD
    from workstation.security.vault import Vault

    path = store_path(server, login)
    return Vault(credentials, f"{path.parent.name}/{login}", path, clocks=clocks, cost=cost or STANDARD)


def sign_in(
    server: Server,
    login: str,
    password: str | None,
    *,
    credentials: Credentials,
    clock: Clock | None = None,
    pin: str | None = None,
    vault: Vault | None = None,
) -> Desk:
    """Sign in at the centre, or offline with what the keyring and the store already hold.

    The password is kept after the first success, so that it may be left out later: behind the PIN where there is one,
    else in the keyring. A seat with a PIN wants it; without it the password and the centre together open, and then a
    new PIN is to be chosen (`Guard.pin_to_choose`).

    Raises `WrongPassword`, `Unreachable` (first sign-in only: offline work goes on otherwise), `DeviceRevoked`,
    `PasswordMustChange`, `WrongPin`, `PinWait`, `PinUsedUp`, `NoWayBack`, `LeaseEnded`, `ClockBack`, `KeyringLocked`,
    `KeyringMissing`, `StoreDamaged`, `StoreWrongKey`; none of them loses anything.
    """
    from workstation.entry import Entry
    from workstation.sync.link import Unreachable

    keeps = vault or vault_of(server, login, credentials)
    entry = Entry(server, login, password, credentials, keeps)
    entry.open_vault(pin)
    try:
        entered = entry.at_centre()
    except Unreachable:
        offline = entry.offline()
        if offline is None:
            raise
        entered = offline
    desk = Desk(
        server,
        entered.password,
        Seat(entered.store, entered.person, entered.device, clock or Clock()),
        online=entered.online,
        open_keyring=lambda: credentials,
        vault=keeps,
        opened=entered.opened,
    )
    desk.guard.pin_to_choose = entered.by_centre
    desk.guard.may_follow(entered.following)
    return desk


def begin_anew(server: Server, login: str, credentials: Credentials) -> None:
    """For somebody whose PIN is lost for good: the closed store and its keys go, the next sign-in fills a new one.

    What the centre has confirmed comes back; what had not been sent is lost.
    """
    from workstation.security.erase import erase

    erase(vault_of(server, login, credentials))


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
        vault: Vault | None = None,
        opened: Opened | None = None,
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
        self.letter_queue = LetterQueue(seat, self.correspondence)
        self.letter_results = LetterResults(seat)
        self.indicators = Indicators(seat)
        self.reports = Reports(seat, self.indicators)
        self.court_bundles = CourtBundles(seat, self.correspondence)
        self.messages = Messages(seat)
        self.letter_mail = LetterMail(seat, self.correspondence, self.messages)
        self.reminders = Reminders(seat, self.messages)
        self.conduct = Conduct(seat)
        self.strategies = Strategies(seat)
        self.dossiers = Dossiers(seat, DossierRegister(seat, self.casefile.refresh))
        self.day_close = DayClose(seat)
        self.agenda = Agenda(seat)
        self.drafts = Drafts(seat)
        self.field_days = FieldDays(seat)
        self.visit = VisitDesk(seat, self.call, SignedAgreements(seat, self.correspondence), self.field_days.draft)
        self.field_places = FieldPlaces(seat)
        self.synchronising = Synchronising(seat)
        self.sync = SyncRunner(server, password, seat, online=online, changed=self.announce)
        self.guard = guard.Guard(
            seat.store,
            server,
            seat.person.login,
            self.sync,
            vault,
            opened,
            open_keyring,
            device=seat.device,
            password=password,
        )
        self._ask_the_centre(server, seat)
        self.open_keyring = open_keyring
        self._listeners: list[Callable[[Changes], None]] = []
        # The window replaces this so that listeners always run in its thread.
        self.post: Callable[[Callable[[], None]], None] = lambda call: call()
        self.telephone = Telephone(
            seat,
            self.privacy,
            post=lambda call: self.post(call),  # noqa: PLW0108  # whatever it is by then
            open_keyring=open_keyring,
        )

    def _ask_the_centre(self, server: Server, seat: Seat) -> None:
        """What has a line to the centre of its own while somebody waits for the answer."""

        def line() -> Link:
            return _line(server, seat.person.login, self.guard.password)

        def synchronise() -> None:
            self.sync.sync_now()  # whichever it is by then

        self.asking = Asking(seat)
        self.waiting_decisions = WaitingDecisions(seat, line)
        self.sync.before = self.waiting_decisions.send
        self.coaching = Coaching(seat, self.waiting_decisions)
        self.approvals = ApprovalsDesk(seat, line, synchronise, self.waiting_decisions)
        self.staffing = StaffingDesk(seat, line, synchronise, self.waiting_decisions)
        self.caseload = CaseloadDesk(seat, self.staffing)
        self.reassigning = Reassigning(seat, self.staffing.of_team, line, synchronise, self.waiting_decisions)
        self.attachments = Attachments(seat, line)
        self.visit_photos = VisitPhotos(seat, self.attachments)
        self.report_handing = ReportHanding(seat, line)
        self.central_indicators = CentralIndicators(seat, line)
        self.audit = AuditDesk(seat, line)
        self.extracts = Extracts(seat, self.audit)
        self.unusual = UnusualAccess(seat)

    login = property(lambda self: self.seat.person.login)
    person_name = property(lambda self: self.seat.person.name)
    role = property(lambda self: self.seat.person.role)
    team_name = property(lambda self: self.seat.person.team_name)

    @property
    def field_bundle(self) -> FieldBundle:
        return FieldBundle(self.seat, lambda: self.guard.has_pin, self.guard.lease)

    @property
    def dossier_register(self) -> DossierRegister:
        return self.dossiers.register

    def today(self) -> date:
        return self.seat.clock.today()

    def now(self) -> datetime:
        return self.seat.clock.now()

    def subscribe(self, listener: Callable[[Changes], None]) -> None:
        self._listeners.append(listener)

    def announce(self, changes: Changes) -> None:
        """Tell every screen what changed, whoever caused it; nothing is read while the seat is locked."""
        if self.seat.store.locked:
            return
        self.casefile.refresh(changes)
        self.agenda.refresh(changes)
        self.reminders.refresh(changes)
        self.reassigning.refresh(changes)

        def deliver() -> None:
            if self.seat.store.locked:
                return
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
