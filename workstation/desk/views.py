"""Prepared values that screens paint: no SQL, no rules, nothing left to compute.

Text is either a person's own words (`str`) or a `Message` to be translated. Times are aware and in UTC.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal

from workstation.desk.history_views import Calculation
from workstation.domain.call_times import NOT_MEASURED, CallTimes
from workstation.domain.message import Label, Message, Money, msg
from workstation.domain.privacy import Field
from workstation.domain.script import SpokenScript
from workstation.sync.doing import Doing

Tone = Literal["neutral", "good", "warn", "bad", "accent"]
QueueFilter = Literal["all", "promise", "callback", "new", "plan", "dispute", "field"]
Group = Literal["contact", "payment", "letter", "promise", "plan", "visit", "dispute", "change", "balance", "note"]

SyncState = Literal["synced", "syncing", "waiting", "offline", "failed"]
Glyph = Literal[
    "call", "message", "promise", "letter", "payment", "plan", "change", "balance", "dispute", "visit", "note"
]


@dataclass(frozen=True, slots=True)
class Light:
    """The contact light: may this person be contacted now, why, and when it opens again."""

    verdict: Literal["allow", "warn", "block"]
    phrase: Message  # e.g. "May call · 2 left today · until 20:00"
    reasons: tuple[Message, ...] = ()
    sources: tuple[str, ...] = ()  # articles
    opens_at: datetime | None = None
    pack: str = ""
    rules: tuple[str, ...] = ()  # of the reasons, by id


ALLOWED = Light("allow", msg("May contact"))


@dataclass(frozen=True, slots=True)
class Badge:
    text: Message
    tone: Tone = "neutral"


@dataclass(frozen=True, slots=True)
class Overdue:
    """A decision that has been waited for too long."""

    since: datetime
    what: Message


@dataclass(frozen=True, slots=True)
class QueueRow:
    """One line of the queue."""

    case_id: str
    number: str
    name: str
    owed: Money
    stage: str  # vocabulary.STAGES
    days_past_due: int
    reason: Message  # why this case now
    score: float
    parts: tuple[tuple[Message, float], ...]  # the score's parts, as sentences
    filters: frozenset[QueueFilter]
    worked_today: bool = False
    light: Light = ALLOWED  # of the number that would be called
    quadrant: str = ""  # queue_choice.Quadrant
    lost: bool = False  # out of contact
    idle: bool = False  # nothing dated is due
    last_contact_at: datetime | None = None
    overdue: Overdue | None = None  # the oldest, for who decides or asked
    gone: bool = False  # left this desk while its row was on the screen

    @property
    def verdict(self) -> Literal["allow", "warn", "block"]:
        return self.light.verdict


@dataclass(frozen=True, slots=True)
class Queue:
    rows: tuple[QueueRow, ...]
    counts: Mapping[QueueFilter, int]
    worked_today: int
    total: int
    similar: tuple[QueueRow, ...] = ()  # like the text that was searched for, when hardly anything holds it


@dataclass(frozen=True, slots=True)
class WhyNow:
    """How a case came to its place in the queue: the parts of its score, and what keeps it from being next."""

    row: QueueRow
    before: int  # cases that come first
    first: QueueRow | None  # the one on top
    sunk: tuple[tuple[Message, str], ...]  # what holds it back, with the article where there is one
    opens_at: datetime | None


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure of the balance strip; `explain` is what opens when one asks where it comes from."""

    label: Message
    value: Money | Message
    explain: tuple[Message, ...] = ()
    tone: Tone = "neutral"
    calculation: Calculation | None = None


@dataclass(frozen=True, slots=True)
class PointRow:
    """A contact point of the debtor or of a related person, masked until revealed."""

    id: str
    kind: Literal["phone", "email", "address"]
    label: Label  # Label("point", "mobile")
    masked: str
    owner: Message | str  # the person's name, or "the debtor"
    relation: Label | None
    state: Literal["alive", "dead", "refused"]
    light: Light
    rights: Message | None = None  # what this person may be told
    source: Label | None = None  # how it was lawfully had


@dataclass(frozen=True, slots=True)
class Datum:
    """Something the debtor's identity is checked by, masked until revealed."""

    field: Field
    masked: str


@dataclass(frozen=True, slots=True)
class TimelineEntry:
    """One line of the history."""

    id: str
    at: datetime
    group: Group
    glyph: Glyph
    title: Message
    detail: Message | str | None
    author: Message | str
    set_aside: bool = False  # undone or replaced by a correction
    late: bool = False  # a former collector's, came after the case changed hands
    day_only: bool = False  # of the bank's file: its time of day is not known
    original: Message | None = None  # of a correction: the entry that it takes back
    taken_back: Message | None = None  # of an entry set aside: when and by whom


@dataclass(frozen=True, slots=True)
class AccountRow:
    id: str
    card_masked: str
    stage: str
    days_past_due: int
    credit_limit: Money | None
    parts: Mapping[str, Money]  # by component, as at today
    total: Money
    as_of: date
    calculation: Calculation


@dataclass(frozen=True, slots=True)
class CircumstanceRow:
    """A circumstance that holds; `detail` says since when, until when and for what."""

    id: str
    what: Label
    detail: tuple[Message, ...]
    evidence: str


@dataclass(frozen=True, slots=True)
class TreatmentView:
    """What the strategy says to do next: in a few words each, with the reason by language and what held of its rule."""

    parts: tuple[Message, ...]
    reason: Mapping[str, str]
    rule: str
    held: tuple[Message, ...] = ()
    fault: Message | None = None  # of the house's own strategy: this is the shipped one's treatment


@dataclass(frozen=True, slots=True)
class CaseView:
    """Everything the middle of the window shows about one case."""

    case_id: str
    number: str
    name: str
    subtitle: tuple[Message | str, ...]  # sex, age, city, masked card
    badges: tuple[Badge, ...]  # stage, quadrant, hardship, dispute …
    light: Light
    figures: tuple[Figure, ...]
    accounts: tuple[AccountRow, ...]
    points: tuple[PointRow, ...]
    circumstances: tuple[CircumstanceRow, ...]
    timeline: Sequence[TimelineEntry]  # newest first
    next_action: Message
    treatment: TreatmentView
    identity: tuple[Datum, ...] = ()
    since: tuple[Message, ...] = ()  # what changed since this person last looked
    flagged: Message | None = None  # a former collector's work came late: until the collector has seen it


@dataclass(frozen=True, slots=True)
class OutcomeChoice:
    """An outcome button of the call-notes form: what it needs and what it proposes."""

    id: str
    digit: str  # "1" … "9", "0", then letters; empty when reached by search only
    fields: tuple[str, ...]  # names of CallForm fields to show
    required: tuple[str, ...]
    spoken: bool = False  # did somebody speak


@dataclass(slots=True)
class CallForm:
    """The call-notes form as typed; texts are the human entry, read by `call.check`. Kept as a draft."""

    contact_point: str = ""
    outcome: str = ""
    direction: str = "out"
    identity: list[str] = field(default_factory=list)
    person_name: str = ""
    amount: str = ""
    due: str = ""
    method: str = ""
    reason: str = ""
    ability: int = 0
    willingness: int = 0
    evidence: str = ""
    callback: str = ""
    note: str = ""
    recording: str = ""
    override_reason: str = ""
    next_action: str = ""
    next_due: str = ""
    satisfaction: int = 0
    abusive: bool = False
    began_at: str = ""  # the moment of dialling, UTC in ISO form: the light is judged for it
    answered_at: str = ""
    ended_at: str = ""
    ring: str = ""  # the times as corrected by hand; empty: as measured
    talk: str = ""
    after: str = ""
    times_reason: str = ""
    paused: int = 0  # seconds of a break while writing up: not counted
    same_call: str = ""  # the contact before, when the telephone was passed on


@dataclass(frozen=True, slots=True)
class Reading:
    """How one human entry was understood, or why it was not."""

    field: str
    value: object | None
    shown: Message | None
    error: Message | None = None


@dataclass(frozen=True, slots=True)
class FormCheck:
    """What `call.check` says about a form as it stands: readings beside fields, what is missing, the proposal."""

    readings: Mapping[str, Reading]
    missing: tuple[str, ...]
    errors: tuple[Message, ...]
    next_action: str  # proposed key of vocabulary.NEXT_ACTIONS
    next_due: date | None
    realism: tuple[Message, ...] = ()  # what this debtor's own record says about this promise
    light: Light | None = None  # of the number chosen, for an outgoing call
    times: CallTimes = NOT_MEASURED  # as they would be recorded now

    @property
    def ok(self) -> bool:
        return not self.missing and not self.errors


@dataclass(frozen=True, slots=True)
class Script:
    """What may truthfully be said now, section by section; or, where no script could be read, why."""

    spoken: SpokenScript | None
    problem: Message | None = None
    known: frozenset[str] = frozenset()  # facts, circumstances and stage of the case: what guidance goes by


@dataclass(frozen=True, slots=True)
class LetterChoice:
    template: str
    title: Message
    allowed: bool
    reason: Message | None = None  # why not


@dataclass(frozen=True, slots=True)
class LetterMade:
    """A rendered letter: not recorded until `correspondence.record` is called."""

    template: str
    version: str
    language: str
    pdf: bytes
    pages: int
    sha256: str
    context: Mapping[str, object]
    missing_glyphs: tuple[str, ...] = ()  # characters that no face has, printed as 〓


@dataclass(frozen=True, slots=True)
class SyncStatus:
    """How synchronisation stands. Moments are of the real clock, not of a demo's."""

    state: SyncState
    last_ok: datetime | None
    waiting: int  # events in the outbox
    problem: Message | None = None
    code: str = ""  # of the problem
    since: datetime | None = None  # when this state, or the first failure in a row, began
    doing: Doing | None = None  # while it runs
    next_try: datetime | None = None  # after a failure
    tries: int = 0  # failures in a row
    attachments: int = 0  # photos and signatures that wait


@dataclass(frozen=True, slots=True)
class DayFigures:
    """The status bar's quiet meter of one's own day."""

    cases: int
    right_party: int
    promises: int
    promised: Money | None
