"""The papers of a court bundle that are made here: what is owed, the history, payments, promises, plan, proof."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from letters.bundle import Words
from letters.sheet import Section, Sheet
from letters.tables import Column, Table
from local_db.queries import CaseFile
from workstation.desk import history, standing
from workstation.desk.history_views import AccountHistory, PaymentLine
from workstation.desk.seat import zone
from workstation.desk.shown import ShownCase
from workstation.desk.timeline import Timeline
from workstation.desk.views import TimelineEntry
from workstation.domain.events import Contact, PlanProposed, decode_body
from workstation.domain.message import Label, Message, Money, nmsg
from workstation.domain.money import COMPONENTS
from workstation.domain.proof import Proven
from workstation.i18n import Translator
from workstation.security.masking import Masks

PIECE = 500  # characters of a note to a row: a row is never divided between two pages
_HASH_PIECE = 16
_SPOKEN = frozenset({"call", "visit"})  # contacts of which a recording is kept
# Records of how the desk was used, not of the case: who looked at a number, what a lead looked into.
NOT_OF_THE_CASE = frozenset({"reveal", "taken_out", "reviewed"})


class CourtPapers:
    """The sections that are made here, in one language."""

    def __init__(self, file: CaseFile, masks: Masks, say: Translator, now: datetime, maker: str) -> None:
        self._shown = ShownCase(file, masks)
        self._file, self._say, self._maker = file, say, maker
        self._zone = zone(file.zone)
        self._now = now.astimezone(self._zone)
        self._today = self._now.date()
        self._currency = file.book.currency
        self._timeline = tuple(reversed(Timeline(file, self._shown, file.zone)))  # oldest first
        self._outside = {event.id for event in file.events if event.kind in NOT_OF_THE_CASE}

    def words(self) -> Words:
        tr = self._say.text
        return Words(
            index=tr("Contents"),
            number=tr("No."),
            paper=tr("Paper"),
            page=tr("Page"),
            numbered=tr(
                "{title} · page {page} of {pages} of the bundle", title="{title}", page="{page}", pages="{pages}"
            ),
        )

    def front(self) -> Sheet:
        tr, file = self._say.text, self._file
        facts = [
            (tr("Case"), file.case.number),
            (tr("Creditor"), file.book.bank),
            (tr("Debtor"), self._shown.name),
            (tr("Accounts"), ", ".join(f"**** {account.number[-4:]}" for account in file.accounts)),
            (tr("As of"), self._moment(self._now)),
            (tr("Made by"), self._maker),
        ]
        about = Section(
            tr("What this is"),
            Table([Column(tr("What"), "left"), Column(tr("Which"), "left", wraps=True)], facts),
            texts=(
                tr(
                    "These papers hold what the creditor has on record of this case, in the order in which it "
                    "happened. Nothing is left out but who looked at the records. What was corrected later stands "
                    "beside its correction. Letters are bound as they were sent."
                ),
                tr("Telephone numbers and addresses are shortened, because they prove nothing and concern others too."),
            ),
        )
        return self._sheet([about])

    def all(self, proven: Sequence[Proven], lacking: Sequence[Message]) -> Sheet:
        owed = standing.owed(self._file, self._today)
        accounts = history.accounts(self._file, self._shown.masks, self._today, self._now)
        return self._sheet(
            [
                self._owed(owed),
                self._history(),
                self._payments(accounts),
                self._promises(),
                *self._plan(),
                self._recordings(),
                self._proof(proven),
                *([self._lacking(lacking)] if lacking else []),
            ]
        )

    # ---- sections ----

    def _owed(self, owed: standing.Owed) -> Section:
        tr = self._say.text
        columns = [Column(tr("Card"), "left"), Column(tr("Bank's figures of"), "left")]
        columns += [Column(self._say.label(Label("component", name))) for name in COMPONENTS] + [Column(tr("Sum"))]
        rows = [
            [
                account.number[-4:],
                account.as_of.isoformat(),
                *(self._figure(account.balance.part(name)) for name in COMPONENTS),
                self._figure(account.balance.total),
            ]
            for account in owed.accounts
        ]
        total = [tr("Total"), "", *(self._figure(owed.total.part(name)) for name in COMPONENTS)]
        return Section(
            tr("What is owed"),
            Table(columns, rows, [*total, self._figure(owed.total.total)]),
            tr("No account is on record."),
            texts=(
                tr(
                    "In {currency}, as of {day}: the bank's figures of the day named, with interest as agreed "
                    "since then, less what was paid since.",
                    currency=self._currency,
                    day=self._say.day(self._today, "long"),
                ),
            ),
        )

    def _history(self) -> Section:
        tr = self._say.text
        columns = [
            Column(tr("When"), "left"),
            Column(tr("What happened"), "left", wraps=True),
            Column(tr("By"), "left", wraps=True),
        ]
        rows = [row for entry in self._timeline if entry.id not in self._outside for row in self._entry(entry)]
        return Section(tr("History"), Table(columns, rows), tr("Nothing is on record yet."))

    def _entry(self, entry: TimelineEntry) -> Iterator[list[str]]:
        local = entry.at.astimezone(self._zone)
        when = local.date().isoformat() + ("" if entry.day_only else f" {local:%H:%M}")
        said = [self._said(entry.title)]
        said += [self._said(part) for part in (entry.original, entry.detail, entry.taken_back) if part]
        pieces = _pieces("\n".join(said))
        yield [when, pieces[0], self._said(entry.author)]
        yield from (["", piece, ""] for piece in pieces[1:])

    def _payments(self, accounts: Sequence[AccountHistory]) -> Section:
        tr = self._say.text
        columns = [Column(tr("Day"), "left"), Column(tr("Card"), "left"), Column(tr("Paid"))]
        columns += [Column(self._say.label(Label("component", name))) for name in COMPONENTS]
        columns += [Column(tr("Remark"), "left", wraps=True)]
        paid = sorted(
            ((line, account) for account in accounts for line in account.payments), key=lambda pair: pair[0].day
        )
        rows = [self._payment(line, account.card_masked[-4:]) for line, account in paid]
        return Section(
            tr("Payments and what they were used for"),
            Table(columns, rows),
            tr("No payment is on record."),
            texts=(
                tr(
                    "Each payment is used in the order that the rules of the day laid down; "
                    "the bank's own figures go before."
                ),
            )
            if rows
            else (),
        )

    def _payment(self, line: PaymentLine, card: str) -> list[str]:
        parts: Mapping[str, Money] = line.parts or {}
        remarks = [self._say.label(line.method)] if line.method else []
        remarks += [line.reference] if line.reference else []
        remarks += [self._said(line.note)] if line.note else []
        return [
            line.day.isoformat(),
            card,
            self._figure(line.amount.minor),
            *(self._figure(parts[name].minor) if name in parts else "" for name in COMPONENTS),
            " · ".join(remarks),
        ]

    def _promises(self) -> Section:
        tr = self._say.text
        judged = standing.judgement(self._file, self._today).promises
        columns = [
            Column(tr("Made on"), "left"),
            Column(tr("To be paid by"), "left"),
            Column(tr("Promised")),
            Column(tr("Paid for it")),
            Column(tr("State"), "left"),
        ]
        rows = [
            [
                known.promise.made_on.isoformat(),
                known.promise.due.isoformat(),
                self._figure(known.promise.amount),
                self._figure(known.paid),
                self._status(known.status),
            ]
            for known in judged
        ]
        return Section(tr("Promises"), Table(columns, rows), tr("No promise is on record."))

    def _plan(self) -> list[Section]:
        plan = self._file.state.plan
        event = next((event for event in self._file.events if plan is not None and event.id == plan.id), None)
        body = decode_body(event.kind, event.body) if event is not None else None
        if plan is None or not isinstance(body, PlanProposed):
            return []
        tr = self._say.text
        columns = [
            Column(tr("No."), "left"),
            Column(tr("Due"), "left"),
            Column(tr("Instalment")),
            Column(tr("Remaining")),
            Column(tr("Paid for it")),
            Column(tr("State"), "left"),
        ]
        judged = {known.promise.due: known for known in standing.judgement(self._file, self._today).instalments}
        rows = []
        schedule: Sequence[Mapping[str, Any]] = body.result["schedule"]  # type: ignore[assignment]  # by its form
        for row in schedule:
            known = judged.get(date.fromisoformat(row["due"]))
            stands = ["", ""] if known is None else [self._figure(known.paid), self._status(known.status)]
            rows.append([str(row["n"]), str(row["due"]), str(row["amount"]), str(row["balance"]), *stands])
        agreed = (
            tr("No agreement to it is on record.")
            if plan.agreed_on is None
            else tr(
                "Agreed on {day}: {how}.",
                day=plan.agreed_on.isoformat(),
                how=self._say.label(Label("consent", plan.consent)) if plan.consent else "—",
            )
        )
        return [Section(tr("Repayment plan"), Table(columns, rows), texts=(agreed,))]

    def _recordings(self) -> Section:
        tr = self._say.text
        columns = [
            Column(tr("When"), "left"),
            Column(tr("How"), "left"),
            Column(tr("Recording"), "left", wraps=True),
            Column(tr("By"), "left", wraps=True),
        ]
        rows = []
        for event in self._file.events:
            body = decode_body(event.kind, event.body)
            if isinstance(body, Contact) and event.channel in _SPOKEN:
                rows.append(
                    [
                        self._moment(event.corrected_at.astimezone(self._zone)),
                        self._say.label(Label("channel", event.channel)),
                        body.recording or tr("No recording is named in the record."),
                        self._file.people.get(event.author, "—"),
                    ]
                )
        return Section(tr("Recordings"), Table(columns, rows), tr("No call and no visit is on record."))

    def _proof(self, proven: Sequence[Proven]) -> Section:
        tr, say = self._say.text, self._say.say
        broken = [row for row in proven if not row.intact]
        texts = [
            tr(
                "Each record carries a fingerprint (SHA-256) of all its fields and of the fingerprint of the record "
                "that the same device made before it. Whoever changes, takes out or puts in a record changes every "
                "fingerprint after it. The central database checked each one when it came in, and nobody can change "
                "or delete it there."
            ),
            say(
                nmsg(
                    "{n} record was checked for this bundle by making its fingerprint anew.",
                    "{n} records were checked for this bundle by making their fingerprints anew.",
                    len(proven),
                )
            ),
            say(
                nmsg(
                    "{n} of them does not agree with what was recorded: it is marked below.",
                    "{n} of them do not agree with what was recorded: they are marked below.",
                    len(broken),
                )
            )
            if broken
            else tr("All of them agree with what was recorded."),
        ]
        elsewhere = sum(row.link in {"elsewhere", "unknown"} for row in proven)
        if elsewhere:
            texts.append(
                say(
                    nmsg(
                        "{n} of them follows a record of another case, of which nothing but the fingerprint is told.",
                        "{n} of them follow a record of another case, of which nothing but the fingerprint is told.",
                        elsewhere,
                    )
                )
            )
        columns = [
            Column(tr("When (UTC)"), "left"),
            Column(tr("Record"), "left", wraps=True),
            Column(tr("Fingerprint before it"), "left", wraps=True),
            Column(tr("Its fingerprint"), "left", wraps=True),
        ]
        titles = {entry.id: self._said(entry.title) for entry in self._timeline}
        rows = [
            [
                f"{row.event.occurred_at:%Y-%m-%d %H:%M:%S}",
                titles.get(row.event.id, row.event.kind) + ("" if row.intact else f" — {tr('DOES NOT AGREE')}"),
                _spaced(row.event.prev_hash),
                _spaced(row.event.hash),
            ]
            for row in proven
        ]
        strong = frozenset(at for at, row in enumerate(proven) if not row.intact)
        return Section(
            tr("How the history is proven"),
            Table(columns, rows, strong=strong),
            tr("Nothing is on record yet."),
            texts=tuple(texts),
        )

    def _lacking(self, lacking: Sequence[Message]) -> Section:
        tr = self._say.text
        return Section(
            tr("Letters that are not bound"),
            Table([Column(tr("Paper"), "left", wraps=True)], [[self._say.say(what)] for what in lacking]),
        )

    # ---- words ----

    def _said(self, part: Message | str) -> str:
        return part if isinstance(part, str) else self._say.say(part)

    def _status(self, status: str) -> str:
        return self._say.label(Label("promise_status", status))

    def _figure(self, minor: int) -> str:
        return self._say.money(Money(minor, self._currency), symbol=False)

    def _moment(self, at: datetime) -> str:
        return f"{at.date().isoformat()} {at:%H:%M}"

    def _sheet(self, sections: Sequence[Section]) -> Sheet:
        tr, file = self._say.text, self._file
        title = tr("Papers of the case {number}", number=file.case.number)
        return Sheet(
            title=title,
            about=f"{file.book.bank} · {file.debtor.name}",
            sections=tuple(sections),
            foot=title,
            page=tr("Page {page} of {pages} of the bundle", **_places("page", "pages")),
            author=file.book.bank,
            day=self._today,
            language=self._say.language,
        )


def _places(*names: str) -> dict[str, str]:
    """Places that stay in a sentence: what fills them is known only when the pages are drawn."""
    return {name: f"{{{name}}}" for name in names}


def _pieces(text: str) -> list[str]:
    """Pieces of at most `PIECE` characters, cut between words where there are some; never none."""
    found = []
    left = text.strip()
    while len(left) > PIECE:
        at = left.rfind(" ", PIECE // 2, PIECE)
        at = PIECE if at < 0 else at
        found.append(left[:at])
        left = left[at:].lstrip()
    return [*found, left]


def _spaced(fingerprint: str) -> str:
    """In groups, so that it can be read aloud and broken into lines."""
    return " ".join(fingerprint[at : at + _HASH_PIECE] for at in range(0, len(fingerprint), _HASH_PIECE))
