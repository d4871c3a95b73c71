"""What a visitor has on paper about one stop: who, what is owed, what was said, who may be told what, what may be
offered, what to say at the door and what to see to; then the forms. Masked as the table says for what leaves."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache

from letters.dossier import Lines, StopPapers
from letters.dossier_forms import FormPaper
from letters.sheet import BOX, Section
from letters.tables import Column, Table
from local_db.queries import CaseFile, PointRecord
from resources import resource
from workstation.desk import circumstances, history, letter_history, standing
from workstation.desk.dossier_papers import forms_of
from workstation.desk.letter_ground import Ground
from workstation.desk.letter_usual import DOOR_CHECKLIST
from workstation.desk.lights import light, of_visit
from workstation.desk.scripts import script_for
from workstation.desk.seat import Clock, Person, zone
from workstation.desk.shown import ShownCase
from workstation.desk.timeline import Timeline
from workstation.desk.views import CallForm
from workstation.domain import authority
from workstation.domain.message import Label, Message, Money, msg, nmsg
from workstation.domain.money import COMPONENTS
from workstation.domain.stage import stage_of
from workstation.domain.vocabulary import IDENTITY_CHECKS, IDENTITY_NEEDED
from workstation.i18n import Translator

ENTRIES = 7  # of the history
PIECE = 500  # characters of a note to a row: a row is never divided between two pages
MOST_PEOPLE = 20
# What the house does about its own records is none of the case's history.
_OWN_AFFAIRS = frozenset({"reveal", "reviewed", "letter_queued", "taken_out", "dossier"})
_PLACE = re.compile(r"\{(\w+)\}")
_SPOKEN = ("listening", "options")  # sections of the script that do not depend on speaking by telephone


@dataclass(frozen=True, slots=True)
class StopAt:
    """One stop as it is wanted. `begins`, `leaves`: when, where that is planned."""

    number: int
    of: int
    point: PointRecord | None
    begins: datetime | None = None
    leaves: datetime | None = None


@dataclass(frozen=True, slots=True)
class Going:
    """Who goes: the person whose authority counts at the door, and how many they are."""

    person: Person
    visitors: int


class StopOfCase:
    """The pages of one case, in one language."""

    def __init__(
        self, shown: ShownCase, file: CaseFile, say: Translator, clock: Clock, day: date, going: Going, stop: StopAt
    ) -> None:
        self._file, self._say, self._day, self._going, self._stop = file, say, day, going, stop
        self.tr = say.text
        self._shown = shown
        self._zone = zone(file.zone)
        self._ground = Ground(file, clock.today(), going.person, clock, say.language)

    def papers(self) -> StopPapers:
        say, file = self._say, self._file
        label = say.say(
            msg("Stop {number} of {of} · {case}", number=self._stop.number, of=self._stop.of, case=file.case.number)
        )
        sections: list[Section | Lines] = [
            self._who(),
            self._owed(),
            self._standing(),
            self._history(),
            self._people(),
            *self._last_words(),
            self._offers(),
            *self._door(),
            self._checklist(),
            self._result(),
        ]
        about = f"{file.case.number} · {file.book.bank}"
        return StopPapers(label, f"{self._stop.number} · {self._shown.name}", about, sections, self._forms())

    # ---- who ----

    def _who(self) -> Lines:
        say, file, debtor = self._say, self._file, self._file.debtor
        rows = [(msg("Name"), self._shown.name)]
        if debtor.sex:
            rows.append((msg("Sex"), say.label(Label("sex", debtor.sex))))
        rows.append((msg("Address"), self._point(self._stop.point)))
        rows += [(msg("Time of the visit"), self._when())]
        other = [point for point in file.points if point is not self._stop.point and point.related_person_id is None]
        for point in other[:6]:
            rows.append((msg("{kind}", kind=Label("point_kind", point.kind)), self._point(point)))
        rows.append((msg("Cards"), ", ".join(self._shown.value("card", row.number) for row in file.accounts)))
        rows.append((msg("Contact light"), self._light()))
        for held in circumstances.rows(file, self._shown, self._day):
            detail = " · ".join(map(say.say, held.detail))
            rows.append(
                (msg("Recorded"), " · ".join(part for part in (say.label(held.what), detail, held.evidence) if part))
            )
        checks = ", ".join(say.label(Label("identity_check", name)) for name in IDENTITY_CHECKS)
        rows.append(
            (
                msg("Identity"),
                say.say(
                    msg(
                        "Check at least {n} of: {checks}. Before that, nothing about a debt.",
                        n=IDENTITY_NEEDED,
                        checks=checks,
                    )
                ),
            )
        )
        told = [(say.say(name), piece) for name, text in rows for piece in pieces(text)]
        return Lines(self.tr("The debtor"), told)

    def _point(self, point: PointRecord | None) -> str:
        if point is None:
            return self.tr("No address of the debtor is on record.")
        state = self._file.state
        dead = point.id in state.dead_points
        text = self._shown.points.get(point.id, "") or "—"
        return self.tr("{point} (known not to work)", point=text) if dead else text

    def _when(self) -> str:
        begins, leaves = self._stop.begins, self._stop.leaves
        if begins is None:
            return self._say.day(self._day, "long")
        local = begins.astimezone(self._zone)
        until = f"–{leaves.astimezone(self._zone):%H:%M}" if leaves is not None else ""
        return f"{self._say.day(self._day, 'long')} {local:%H:%M}{until}"

    def _light(self) -> str:
        if self._stop.point is None or self._stop.begins is None:
            return self.tr("Ask the contact light before you ring: the time is not planned.")
        at = self._stop.begins
        verdict = of_visit(self._file, self._stop.point, at, visitors=self._going.visitors)
        shown = light(verdict, at, self._stop.point.time_zone)
        return " ".join(map(self._say.say, (shown.phrase, *shown.reasons)))

    # ---- the debt ----

    def _owed(self) -> Section:
        say, owed = self._say, standing.owed(self._file, self._day)
        names = [name for name in COMPONENTS if name != "costs" or owed.total.costs]
        columns = [Column(self.tr("Card"), "left"), *(Column(say.label(Label("component", name))) for name in names)]
        columns.append(Column(self.tr("Sum")))
        rows = [
            [
                row.number[-4:],
                *(self._figure(row.balance.part(name)) for name in names),
                self._figure(row.balance.total),
            ]
            for row in owed.accounts
        ]
        total = [self.tr("Total"), *(self._figure(owed.total.part(name)) for name in names)]
        told = say.say(
            nmsg(
                "{stage}, {n} day past due. In {currency}, as expected on {day}: the bank's figures, with interest as "
                "agreed since then, less what was paid since.",
                "{stage}, {n} days past due. In {currency}, as expected on {day}: the bank's figures, with interest as "
                "agreed since then, less what was paid since.",
                owed.days_past_due,
                stage=Label("stage", stage_of(owed.days_past_due)),
                currency=self._file.book.currency,
                day=self._day,
            )
        )
        return Section(
            self.tr("What is owed"),
            Table(columns, rows, [*total, self._figure(owed.total.total)] if len(rows) > 1 else ()),
            self.tr("No account is on record."),
            texts=(told,),
        )

    def _standing(self) -> Lines:
        """What is agreed or open: promises, instalments, the next step; and what speaks against collecting."""
        say, state = self._say, self._file.state
        rows = [
            [say.day(row.day), " · ".join(part for part in (say.say(row.text), self._said(row.note)) if part)]
            for row in history.around(self._file, self._shown, self._day).planned
        ]
        flags: list[Message] = []
        if state.dispute is not None:
            flags.append(msg("A dispute is open since {day}: do not ask to be paid.", day=state.dispute.opened_on))
        if state.complaint is not None:
            flags.append(msg("A complaint is open since {day}.", day=state.complaint.opened_on))
        if state.in_hardship:
            flags.append(msg("In hardship: talk about what can be borne, and about a plan."))
        if state.plan_in_force:
            flags.append(msg("A plan is being kept: nothing is to be collected."))
        limit = standing.limitation(self._file, self._day)
        if limit is not None:
            flags.append(
                msg("The time to sue has run out.")
                if limit.expired
                else msg("May be sued for until {day}.", day=limit.ends)
            )
        told = [(day, piece) for day, text in rows for piece in pieces(text)]
        return Lines(self.tr("Where it stands"), told, texts=tuple(map(say.say, flags)))

    # ---- what was said ----

    def _history(self) -> Section:
        hidden = {event.id for event in self._file.events if event.kind in _OWN_AFFAIRS}
        columns = [
            Column(self.tr("When"), "left"),
            Column(self.tr("What happened"), "left", wraps=True),
            Column(self.tr("By"), "left"),
        ]
        rows: list[list[str]] = []
        entries = 0
        for entry in Timeline(self._file, self._shown, self._file.zone):
            if entry.id in hidden or entry.set_aside:
                continue
            local = entry.at.astimezone(self._zone)
            when = local.date().isoformat() + ("" if entry.day_only else f" {local:%H:%M}")
            text = " · ".join(part for part in (self._said(entry.title), self._said(entry.detail or "")) if part)
            first, *more = pieces(" ".join(text.split()))
            rows.append([when, first, self._said(entry.author)])
            rows += [["", piece, ""] for piece in more]
            entries += 1
            if entries == ENTRIES:
                break
        return Section(self.tr("Lately"), Table(columns, rows, pad=1.6), self.tr("Nothing is on record yet."))

    def _last_words(self) -> Iterator[Lines]:
        words = letter_history.last_words(self._ground)
        if words:
            yield self._lines(msg("Spoken of lately"), [self._shown.words(line) for line in words])

    def _people(self) -> Section:
        say = self._say
        columns = [
            Column(self.tr("Person"), "left", wraps=True),
            Column(self.tr("Relation"), "left"),
            Column(self.tr("May be told"), "left", wraps=True),
        ]
        rows = [
            [
                self._shown.related(person.name),
                say.label(Label("relation", person.relation)),
                say.say(history.rights(liable=person.liable)),
            ]
            for person in self._file.related[:MOST_PEOPLE]
        ]
        return Section(
            self.tr("Who may be there, and what they may be told"),
            Table(columns, rows, pad=1.6),
            texts=(
                self.tr(
                    "Anything about the debt is told to the debtor only, and to those named here as liable. To "
                    "everybody else: who you are, and that the debtor may call back; not why."
                ),
            ),
        )

    # ---- what to do ----

    def _offers(self) -> Lines:
        say, role = self._say, self._going.person.role
        grant = authority.load()[role]
        owed = self._ground.owed.total
        by_component, in_all = grant.most_waived(owed, self._file.book.currency)
        most = min(in_all, by_component.total)
        offers = letter_history.offers(self._ground) if self._may_collect else []
        above = say.say(
            msg(
                "Alone you may give up {amount} in all, and agree to {months} months; more is approved by: {approver}.",
                amount=Money(most, self._file.book.currency),
                months=grant.longest_months,
                approver=Label("role", grant.approver),
            )
        )
        none = [
            self.tr("Nothing: a dispute, a plan or a wish to be left alone stands against it. Listen, and note it.")
        ]
        return self._lines(msg("What may be offered"), [*offers, above] if offers else none)

    @property
    def _may_collect(self) -> bool:
        state = self._file.state
        return not (state.dispute_open or state.plan_in_force or state.ceased or state.represented)

    def _door(self) -> Iterator[Lines]:
        say, values = self._say, self._spoken_values()
        texts = door_texts(self._file.debtor.language)
        yield self._lines(msg("At the door, before the identity is checked"), _filled(texts["before"], values))
        yield self._lines(msg("To anybody else"), _filled(texts["third"], values))
        checked = list(IDENTITY_CHECKS[:IDENTITY_NEEDED])
        script = script_for(self._file, self._going.person, self._day, CallForm(identity=checked))
        spoken = [] if script.spoken is None else [part for part in script.spoken.sections if part.id in _SPOKEN]
        theirs = Translator(self._file.debtor.language)
        said = [self._shown.words(theirs.say(sentence)) for part in spoken for _, sentence in part.say]
        withheld = [
            self.tr("Not to be said: {why}", why=entry.why.get(say.language, next(iter(entry.why.values()))))
            for part in spoken
            for entry in part.withheld
        ]
        after = [*_filled(texts["after"], values), *said, *_filled(texts["close"], values), *withheld]
        yield self._lines(msg("Once the identity is checked"), after)

    def _spoken_values(self) -> Mapping[str, str]:
        return {"caller": self._going.person.name, "name": self._shown.name, "bank": self._file.book.bank}

    def _checklist(self) -> Lines:
        return Lines(self.tr("Checklist"), [(BOX, self._say.say(line)) for line in DOOR_CHECKLIST])

    def _result(self) -> Lines:
        say = self._say
        boxes = "    ".join(
            f"{BOX} {say.label(Label('outcome', name))}"
            for name in ("visit_met", "visit_absent", "visit_address_wrong", "visit_refused")
        )
        asked = (msg("Came and left at"), msg("Persons met"), msg("What was said"), msg("Photos and position"))
        return Lines(self.tr("What came of the visit"), [("", say.say(line)) for line in asked], (boxes,), ruled=True)

    def _forms(self) -> tuple[FormPaper, ...]:
        return forms_of(self._file, self._ground, self._shown, self._day) if self._may_collect else ()

    # ---- words ----

    def _lines(self, heading: Message, lines: Sequence[str]) -> Lines:
        rows = [("–" if at == 0 else "", piece) for line in lines for at, piece in enumerate(pieces(line))]
        return Lines(self._say.say(heading), rows)

    def _said(self, part: Message | str) -> str:
        return part if isinstance(part, str) else self._say.say(part)

    def _figure(self, minor: int) -> str:
        return self._say.money(Money(minor, self._file.book.currency), symbol=False)


@cache
def door_texts(language: str) -> Mapping[str, Sequence[str]]:
    """What is said at a door, in the debtor's language; in English where there is none in it."""
    name = language if language in {"zh_CN", "en"} else "en"
    found: Mapping[str, Sequence[str]] = tomllib.loads(resource(f"dossiers/door.{name}.toml").read_text("utf-8"))
    return found


def _filled(lines: Sequence[str], values: Mapping[str, str]) -> list[str]:
    """Values are a person's own words: a place that stands in one is not filled again."""
    return [_PLACE.sub(lambda found: values.get(found[1], found[0]), line) for line in lines]


def pieces(text: str) -> list[str]:
    """Pieces of at most `PIECE` characters, cut between words where there are some; never none."""
    found = []
    left = text.strip()
    while len(left) > PIECE:
        at = left.rfind(" ", PIECE // 2, PIECE)
        at = PIECE if at < 0 else at
        found.append(left[:at])
        left = left[at:].lstrip()
    return [*found, left]
