"""What the parts of a context that only some letters have offer to a template: amounts, dates and words in place."""

from __future__ import annotations

from collections.abc import Sequence

from letters.basis import Part, Parts
from letters.context import LetterContext, balance_of, minor_of
from letters.language import Language
from letters.matters import (
    FACTS,
    OUTCOMES,
    Dossier,
    DueInstalment,
    HistoryEntry,
    Itemised,
    LegalMatter,
    Objection,
    Paid,
    Settlement,
    Validation,
    Visit,
)
from workstation.domain.amount_words import amount_words
from workstation.domain.money import COMPONENTS, Balance

_PLACES = {"zh-CN": "in_cn", "en-GB": "in_gb", "en-US": "in_us"}


def matter_values(context: LetterContext, speech: Language, balances: Sequence[Balance]) -> dict[str, str]:
    """By name, as `filling.values_of`: an amount as figures and, in yuan, as `…_words`. Of a part that the context does
    not have there are no values at all."""
    say = _Saying(context, speech)
    found = {_PLACES[context.jurisdiction]: "yes"} if context.jurisdiction in _PLACES else {}
    if context.pay_by is not None and context.accounts:
        found |= say.at_pay_by()
    if context.facts is not None:
        found |= {f"facts.{fact}": "yes" for fact in FACTS if getattr(context.facts, fact)}
    if context.settlement is not None:
        found |= say.settlement(context.settlement, sum(balance.total for balance in balances))
    if context.instalment is not None:
        found |= say.instalment(context.instalment)
    if context.visit is not None:
        found |= say.visit(context.visit)
    if context.objection is not None:
        found |= say.objection(context.objection)
    if context.legal is not None:
        found |= say.legal(context.legal)
    if context.paid is not None:
        found |= say.paid(context.paid)
    if context.history:
        found |= say.history(context.history)
    if context.dossier is not None:
        found |= say.dossier(context.dossier)
    if context.validation is not None:
        found |= say.validation(context.validation)
    return found


class _Saying:
    """One context in one language."""

    def __init__(self, context: LetterContext, speech: Language) -> None:
        self.context, self.speech, self.currency = context, speech, context.currency

    def _minor(self, text: str, field: str) -> int:
        return minor_of(text or "0", self.currency, field)

    def _amount(self, name: str, minor: int, *, given: bool) -> dict[str, str]:
        if not given:
            return {name: "", f"{name}_words": ""}
        words = amount_words(minor, self.currency) if self.currency == "CNY" else ""
        return {name: self.speech.amount(minor, self.currency), f"{name}_words": words}

    def _amounts(self, prefix: str, part: Part, *names: str) -> dict[str, str]:
        """What is nothing is not said."""
        found: dict[str, str] = {}
        for name in names:
            minor = self._minor(getattr(part, name), f"{prefix}.{name}")
            found |= self._amount(f"{prefix}.{name}", minor, given=minor > 0)
        return found

    def _dates(self, prefix: str, part: Part, *names: str) -> dict[str, str]:
        days = {name: getattr(part, name) for name in names}
        return {f"{prefix}.{name}": self.speech.date(day) if day else "" for name, day in days.items()}

    def _texts(self, prefix: str, part: Part, *names: str) -> dict[str, str]:
        return {f"{prefix}.{name}": str(getattr(part, name) or "") for name in names}

    def _parts(self, parts: Parts | None, field: str) -> str:
        """`Interest CNY 10.00, Late payment charge CNY 5.00`."""
        balance = balance_of(parts, field, self.currency)
        return self.speech.listed(
            [
                f"{self.speech.words[name]} {self.speech.amount(minor, self.currency)}"
                for name, minor in balance.parts().items()
                if minor
            ]
        )

    def at_pay_by(self) -> dict[str, str]:
        totals = at_pay_by_of(self.context)
        return self._amount("total_at_pay_by", sum(totals), given=len(totals) == len(self.context.accounts))

    def settlement(self, offer: Settlement, owed: int) -> dict[str, str]:
        amount = self._minor(offer.amount, "settlement.amount")
        only = self.context.pay_by if not offer.parts else offer.parts[0].due if len(offer.parts) == 1 else None
        return {
            "settlement": "yes",
            **self._amount("settlement.amount", amount, given=amount > 0),
            **self._amount("settlement.waived", owed - amount, given=0 < amount < owed),
            "settlement.waived_parts": self._parts(offer.waived, "settlement.waived"),
            "settlement.one_payment": self.speech.date(only) if only else "",
            "settlement.in_parts": "yes" if len(offer.parts) > 1 else "",
            "settlement.count": str(len(offer.parts)),
            **self._dates("settlement", offer, "valid_until"),
        }

    def instalment(self, due: DueInstalment) -> dict[str, str]:
        amount, paid = (self._minor(getattr(due, name), f"instalment.{name}") for name in ("amount", "paid"))
        return {
            "instalment": "yes",
            **self._texts("instalment", due, "n", "of", "consequence"),
            **self._dates("instalment", due, "due", "overdue_since", "grace_until"),
            **self._amounts("instalment", due, "amount", "paid", "arrears", "remaining"),
            **self._amount("instalment.unpaid", amount - paid, given=amount > paid),
        }

    def visit(self, visit: Visit) -> dict[str, str]:
        persons = visit.persons
        return {
            "visit": "yes",
            **self._dates("visit", visit, "day", "change_by"),
            **self._texts("visit", visit, "from_time", "to_time", "place", "purpose", "phone"),
            "visit.count": str(len(persons)) if persons else "",
            "visit.persons": "yes" if persons and all(person.name.strip() for person in persons) else "",
            "visit.badges": "yes" if persons and all(person.badge.strip() for person in persons) else "",
        }

    def objection(self, matter: Objection) -> dict[str, str]:
        return {
            "objection": "yes",
            **self._texts(
                "objection", matter, "reference", "about", "findings", "decision", "measures", "further_step"
            ),
            **self._dates("objection", matter, "received_on", "answer_by"),
            **{f"objection.{name}": "yes" if matter.outcome == name else "" for name in OUTCOMES},
        }

    def legal(self, matter: LegalMatter) -> dict[str, str]:
        texts = ("step", "contract", "law_firm", "lawyer", "licence", "phone", "interrupted_by")
        days = ("after", "taken_on", "contract_signed_on", "limitation_until", "last_interruption")
        return {
            "legal": "yes",
            **self._texts("legal", matter, *texts),
            **self._dates("legal", matter, *days),
            "legal.claims": "yes" if any(claim.strip() for claim in matter.claims) else "",
        }

    def paid(self, paid: Paid) -> dict[str, str]:
        return {
            "paid": "yes",
            **self._dates("paid", paid, "on"),
            **self._amounts("paid", paid, "total", "last_payment", "waived"),
            "paid.closed_cards": self.speech.listed(list(paid.closed_cards)),
        }

    def history(self, entries: Sequence[HistoryEntry]) -> dict[str, str]:
        days = [entry.at.date() for entry in entries]
        return {
            "history": "yes",
            "history.count": str(len(days)),
            "history.from": self.speech.date(min(days)),
            "history.to": self.speech.date(max(days)),
            "history.hashed": "yes" if all(entry.hash.strip() for entry in entries) else "",
        }

    def dossier(self, papers: Dossier) -> dict[str, str]:
        lists = ("people", "last_words", "offers", "checklist", "script")
        return {
            "dossier": "yes",
            **self._texts("dossier", papers, "number", "stop", "of"),
            **self._dates("dossier", papers, "expires_on"),
            "dossier.prepared_for": self.speech.listed(list(papers.prepared_for)),
            **{f"dossier.{name}": "yes" if getattr(papers, name) else "" for name in lists},
        }

    def validation(self, notice: Validation) -> dict[str, str]:
        then = self._minor(notice.amount_then, "validation.amount_then")
        return {
            "validation": "yes",
            **self._texts("validation", notice, "creditor_then", "creditor_now"),
            **self._dates("validation", notice, "itemisation_date", "dispute_until"),
            **self._amount("validation.amount_then", then, given=bool(notice.amount_then)),
            "validation.itemised": "yes" if notice.itemised is not None else "",
        }


def at_pay_by_of(context: LetterContext) -> list[int]:
    """What each account will owe on the day to pay by, in minor units; nothing where it was not reckoned."""
    return [
        balance_of(parts, f"accounts[{number}].at_pay_by", context.currency).total
        for number, account in enumerate(context.accounts)
        if (parts := account.at_pay_by) is not None
    ]


def itemised_of(itemised: Itemised, currency: str) -> dict[str, int]:
    """Minor units by component, and `payments` and `credits`."""
    return {
        name: minor_of(getattr(itemised, name) or "0", currency, f"validation.itemised.{name}")
        for name in (*COMPONENTS, "payments", "credits")
    }
