"""The forms of a stop, with what is known of the case: plan agreement and acknowledgement, where they may be used."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from letters.dossier_forms import FORMS, LINE, Form, FormId, FormPaper, form_of, forms, lacks
from letters.language import language
from letters.tables import Column, Table
from local_db.queries import CaseFile
from workstation.desk import standing
from workstation.desk.letter_ground import Ground
from workstation.desk.rules import rules_for_figures
from workstation.desk.shown import ShownCase
from workstation.domain.case_values import PlanMade
from workstation.domain.money import COMPONENTS
from workstation.i18n import Translator

BLANK_ROWS = 6  # of a schedule to be filled in, each with two instalments
_SHIPPED = frozenset({"zh_CN", "en"})


def forms_of(file: CaseFile, ground: Ground, shown: ShownCase, day: date) -> tuple[FormPaper, ...]:
    """In the debtor's language. A debt too old to be sued for is not acknowledged at the door; a form that lacks what
    the rules ask for is left out."""
    tongue = file.debtor.language if file.debtor.language in _SHIPPED else "en"
    made = _Forms(file, ground, shown, day, tongue)
    found = []
    for name in FORMS:
        if name == "acknowledgement" and standing.time_barred(file, day):
            continue
        form = forms(tongue)[name]
        paper = made.paper(name, form)
        pack = rules_for_figures(file.book.jurisdiction)
        if form.rule and pack.has(form.rule) and lacks(paper, pack.texts(form.rule)):
            continue
        found.append(paper)
    return tuple(found)


class _Forms:
    def __init__(self, file: CaseFile, ground: Ground, shown: ShownCase, day: date, tongue: str) -> None:
        self._file, self._ground, self._shown, self._day = file, ground, shown, day
        self._say = Translator(tongue)
        self._words = language(tongue)

    def paper(self, name: FormId, form: Form) -> FormPaper:
        tables = {"balance": self._balance()}
        if name == "agreement":
            tables["schedule"] = self._schedule()
        about = f"{self._file.case.number} · {self._file.book.bank}"
        return form_of(form, self._file.book.jurisdiction, self._values(), tables, about)

    @property
    def _plan(self) -> PlanMade | None:
        """What was approved, or needs no approval, and waits only for the signature."""
        plan = self._file.state.waiting_plan
        return plan if plan is not None and (plan.stage == "approved" or not plan.needs_approval) else None

    def _values(self) -> Mapping[str, str]:
        file, bank, plan = self._file, self._file.book.contact, self._plan
        owed = standing.owed(file, self._day).total.total
        values = {
            "bank": file.book.bank,
            "name": self._shown.name,
            "day": self._words.date(self._day),
            "cards": "、".join(row.number[-4:] for row in file.accounts)
            if self._words.id == "zh_CN"
            else ", ".join(row.number[-4:] for row in file.accounts),
            "total": self._words.amount(owed, file.book.currency),
            "currency": self._words.currency.get(file.book.currency, file.book.currency),
            "phone": str(bank.get("phone", "")),
            "how_to_pay": str(bank.get("how_to_pay", "")),
            "grace": str(rules_for_figures(file.book.jurisdiction).grace_days),
        }
        if plan is not None:
            values["method"] = self._words.method.get(plan.method, "")
            values["count"] = str(len(plan.instalments))
            if plan.down_payment is not None:
                values["down_payment"] = self._words.amount(plan.down_payment.amount, plan.currency)
        return values

    def _balance(self) -> Table:
        owed = standing.owed(self._file, self._day)
        names = [name for name in COMPONENTS if name != "costs" or owed.total.costs]
        words = self._words.words
        columns = [Column(words["card"], "left"), *(Column(words[name]) for name in names), Column(words["sum"])]
        rows = [
            [
                row.number[-4:],
                *(self._figure(row.balance.part(name)) for name in names),
                self._figure(row.balance.total),
            ]
            for row in owed.accounts
        ]
        total = [words["total"], *(self._figure(owed.total.part(name)) for name in names)]
        return Table(columns, rows, [*total, self._figure(owed.total.total)] if len(rows) > 1 else ())

    def _schedule(self) -> Table:
        words, plan = self._words.words, self._plan
        if plan is None:
            half = [Column(words["instalment"], "left"), Column(words["due"], "left"), Column(words["amount"], "left")]
            blank = [
                [str(at), LINE, LINE, str(at + BLANK_ROWS), LINE, LINE] for at in range(1, BLANK_ROWS + 1)
            ]  # fmt: skip
            return Table([*half, *half], blank)
        columns = [Column(words["instalment"], "left"), Column(words["due"], "left"), Column(words["amount"])]
        rows = [[str(number), self._words.date(part.due), self._figure(part.amount)] for number, part in plan.numbered]
        return Table(columns, rows)

    def _figure(self, minor: int) -> str:
        return self._words.number(minor, self._file.book.currency)
