"""A report as a paper, in one person's language. `report_workbook` gives the same as a workbook."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from letters.sheet import Section, Sheet, pdf_of
from letters.tables import Column, Table
from workstation.desk import day_words
from workstation.desk import indicator_words as words
from workstation.desk.report import Report
from workstation.desk.seat import Seat
from workstation.domain.indicators import PER_TIME
from workstation.domain.message import Label, Message, msg
from workstation.i18n import Translator

# Of each person: recovery never stands alone (《商业银行信用卡业务监督管理办法》第六十六条).
PERSONAL = ("recovery_rate", "kept_rate", "right_party_rate", "complaint_rate", "overridden_rate")
DONE = ("cases", "attempts", "right_party", "promises")
TITLES: Mapping[tuple[str, bool], Message] = {
    ("daily", False): msg("Report of the day"),
    ("weekly", False): msg("Report of the week"),
    ("daily", True): msg("Team report of the day"),
    ("weekly", True): msg("Team report of the week"),
}
BY_NAME = msg("By name, never by money.")


@dataclass(frozen=True, slots=True)
class ReportPaper:
    """`in_full`: a reason was given for the debtors' names. `remarks`: what whoever hands it in has written."""

    report: Report
    seat: Seat
    say: Translator
    remarks: str = ""
    in_full: bool = False
    practice: bool = False

    @property
    def fields(self) -> tuple[str, ...]:
        """What stands on it in full, where any name stands on it."""
        shown = self.seat.masks.shown("name", "ab", "export", reasoned=self.in_full) == "ab"
        return ("name",) if shown and self.report.happened else ()

    @property
    def paper_cases(self) -> tuple[str, ...]:
        """The cases named on the paper."""
        return tuple(dict.fromkeys(row.case_id for row in self.report.happened))

    @property
    def workbook_cases(self) -> tuple[str, ...]:
        """The cases named in the workbook, which has every contact."""
        return tuple(dict.fromkeys([*self.paper_cases, *(row.case_id for row in self.report.attempts)]))

    # ---- paper ----

    def pdf(self) -> bytes:
        say, report = self.say, self.report
        tr = say.text
        told = [Section(tr("Remarks"), Table((), ()), texts=self.lines())] if self.remarks.strip() else []
        sections = [
            *told,
            Section(tr("Done"), day_words.table(say, report.done, report.promised)),
            Section(tr("Indicators"), self._indicators()),
            *([Section(tr("People"), self._people(), remark=say.say(BY_NAME))] if report.people else []),
            Section(tr("What happened"), self._happened(), tr("Nothing that needs a line of its own.")),
        ]
        foot = (
            tr("Practice: made-up debtors. Nothing is recorded at the bank, nothing is sent.")
            if self.practice
            else tr("Confidential: personal data. Keep it with you, destroy it after use.")
        )
        return pdf_of(
            Sheet(
                title=say.say(self.title),
                about=" · ".join(say.say(part) for part in self.about),
                sections=sections,
                foot=foot,
                page=tr("Page {page} of {pages}"),
                author=self.seat.person.name,
                day=self.seat.clock.today(),
                language=say.language,
            )
        )

    @property
    def title(self) -> Message:
        return TITLES[self.report.wanted.span, self.report.wanted.person is None and bool(self.report.people)]

    @property
    def about(self) -> list[Message | str]:
        """Whose, which days, and as of when."""
        report, period = self.report, self.report.wanted.period
        days: Message | str = self.say.day(period.first, "long")
        if period.last != period.first:
            days = msg("{first} – {last}", first=period.first, last=period.last)
        found: list[Message | str] = [part for part in (report.who, report.team) if part]
        found.append(days)
        found.append(msg("As of {at}", at=report.as_of or report.at))
        return found

    def lines(self) -> tuple[str, ...]:
        """The remarks, line by line."""
        return tuple(line for line in self.remarks.splitlines() if line.strip())

    def _indicators(self) -> Table:
        say, tr, report = self.say, self.say.text, self.report
        rows = []
        for name, now in report.card.figures.items():
            if name in PER_TIME and not now.pair.denominator:
                continue
            before = report.card.before[name]
            rows.append(
                (
                    say.say(words.NAMES[name]),
                    words.figure(say, now, report.currency),
                    words.figure(say, before, report.currency),
                    words.change(say, now, before, report.currency)[0],
                    ""
                    if not now.pair.denominator or name == "weighted_dpd"
                    else words.parts(say, now.pair, report.currency, now.definition.money),
                )
            )
        columns = [
            Column(tr("Indicator"), "left", wraps=True),
            *(Column(tr(head)) for head in ("Value", "Before", "Change")),
            Column(tr("Made of"), "left", wraps=True),
        ]
        return Table(columns, rows)

    def _people(self) -> Table:
        say, report = self.say, self.report
        columns = [
            Column(say.text("Name"), "left", wraps=True),
            *(Column(self.label("day_figure", name)) for name in DONE),
            *(Column(say.say(words.NAMES[name])) for name in PERSONAL),
        ]
        rows = [
            (
                one.name,
                *(str(one.figures[name]) for name in DONE),
                *(words.figure(say, one.card.figures[name], report.currency) for name in PERSONAL),
            )
            for one in report.people
        ]
        return Table(columns, rows)

    def _happened(self) -> Table:
        say, tr = self.say, self.say.text
        team = bool(self.report.people)
        columns = [
            Column(tr("When"), "left"),
            Column(tr("Case"), "left"),
            Column(tr("Name"), "left", wraps=True),
            Column(tr("What"), "left", wraps=True),
            *([Column(tr("By"), "left", wraps=True)] if team else []),
        ]
        zone, daily = self.seat.clock.zone, self.report.wanted.span == "daily"
        rows = []
        for row in self.report.happened:
            local = row.at.astimezone(zone)
            when = f"{local:%H:%M}" if daily else f"{say.day(local.date())} {local:%H:%M}"
            rows.append((when, row.number, self.name(row.name), say.say(row.title), *([row.author] if team else [])))
        return Table(columns, rows)

    def label(self, vocabulary: str, identity: str) -> str:
        return self.say.label(Label(vocabulary, identity)) if identity else ""

    def name(self, name: str) -> str:
        """A debtor's name as it may leave the program."""
        return self.seat.masks.shown("name", name, "export", reasoned=self.in_full)
