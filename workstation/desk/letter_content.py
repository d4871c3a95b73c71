"""What the letters of a plan say: the agreement's plan with its consent, the budget statement's lines and sums."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from letters.context import plan_of
from local_db.queries import CaseFile
from workstation.desk import standing
from workstation.desk.rules import rules_for_figures
from workstation.domain.affordability import BudgetLine, assess, half_up, month
from workstation.domain.budget import as_told
from workstation.domain.case_values import BudgetKnown
from workstation.domain.events import BudgetEntry, CreditorEntry, PlanDecided, PlanProposed, decode_body
from workstation.domain.message import Label, Message, Money, msg
from workstation.domain.money import to_text
from workstation.domain.reference_spending import flags
from workstation.i18n import Translator

# Of each part of the statement, which is one page: the smallest together make its last line.
MOST_LINES = {"income": 3, "spending": 8, "priority_debt": 3}
MOST_CREDITORS = 3
LONGEST, LONGEST_NAME = 600, 200  # characters that a letter's context takes


def agreement_of(file: CaseFile) -> dict[str, object] | None:
    """The `plan` and `accounts` of an agreement's context: as owed on the day of the plan, whatever was paid since, and
    how it was agreed; None without a plan."""
    plan = file.state.plan
    event = next((event for event in reversed(file.events) if plan is not None and event.id == plan.id), None)
    body = decode_body(event.kind, event.body) if event is not None else None
    if not isinstance(body, PlanProposed) or event is None:
        return None
    context = plan_of(body.request, body.result, {account.id: account.number[-4:] for account in file.accounts})
    for later in file.events:
        decided = decode_body(later.kind, later.body) if later.answers == event.id else None
        if isinstance(decided, PlanDecided) and decided.decision == "agreed" and later.id not in file.state.set_aside:
            context["consent"] = decided.consent
            context["recording"] = decided.recording
            if plan is not None and plan.agreed_on is not None:
                context["agreed_on"] = plan.agreed_on.isoformat()
    return {"plan": context, "accounts": _accounts_of(file, body.request)}


def _accounts_of(file: CaseFile, request: Mapping[str, Any]) -> list[dict[str, object]]:
    """What the plan was made of; of a plan that knows only the sum of several accounts, that sum."""
    by_id = {account.id: account for account in file.accounts}
    told = request.get("accounts") or ()
    if not told or not all(account["id"] in by_id for account in told):
        return [
            {"card_tail": "/".join(account.number[-4:] for account in file.accounts), "balance": request["balance"]}
        ]
    return [{"card_tail": by_id[account["id"]].number[-4:], "balance": account["balance"]} for account in told]


def statement_of(file: CaseFile, known: BudgetKnown, language: str, today: date) -> dict[str, object]:
    """The `budget` of a statement's context, in the letter's language, with the sums as of `today`."""
    say, told, currency = Translator(language), known.budget, known.budget.currency
    found = assess(
        as_told(told), standing.owed(file, today).total.total, rules_for_figures(file.book.jurisdiction).safety_share
    )
    return {
        "taken_on": known.taken_on.isoformat(),
        "income": _items(told.income, "income", say, currency),
        "spending": _items(told.spending, "spending", say, currency, _unusual(file, known)),
        "priority_debts": _items(told.priority_debts, "priority_debt", say, currency),
        "creditors": [
            {
                "name": row.name[:LONGEST_NAME],
                "balance": to_text(row.balance, currency) if row.balance else "",
                "agreed": "" if row.agreed is None else to_text(row.agreed, currency),
            }
            for row in _creditors(told.other_creditors, say)
        ],
        "adults": told.adults,
        "children": told.children,
        "income_total": to_text(found.income, currency),
        "spending_total": to_text(found.spending, currency),
        "priority_debts_total": to_text(found.priority_debts, currency),
        "disposable": to_text(found.disposable, currency),
        "safety_share": str(found.safety_share),
        "margin": to_text(found.margin, currency),
        "to_others": to_text(found.to_others, currency),
        "available": to_text(found.available, currency),
        "note": told.note[:LONGEST],
    }


def _unusual(file: CaseFile, known: BudgetKnown) -> dict[int, Message]:
    """The lines of spending outside the reference figures, each with the bound that it is beyond."""
    budget, found = as_told(known.budget), {}
    for flag in flags(budget, file.book.jurisdiction, known.budget.currency, known.taken_on):
        if flag.index is not None:
            usual = flag.reference
            spent = half_up(month(line for line in budget.spending if line.kind in usual.kinds))
            found[flag.index] = (
                msg("More than the usual {high}", high=Money(usual.high, usual.currency))
                if spent > usual.high
                else msg("Less than the usual {low}", low=Money(usual.low, usual.currency))
            )
    return found


def _remark(unusual: Message | None, reason: str, say: Translator) -> str:
    if unusual is None:
        return reason[:LONGEST]
    told = msg("{unusual}: {reason}", unusual=unusual, reason=reason) if reason.strip() else unusual
    return say.say(told)[:LONGEST]


def _items(
    entries: tuple[BudgetEntry, ...],
    vocabulary: str,
    say: Translator,
    currency: str,
    unusual: Mapping[int, Message] | None = None,
) -> list[dict[str, str]]:
    lines = [BudgetLine(entry.kind, entry.amount, entry.per, entry.reason) for entry in entries]
    most = MOST_LINES[vocabulary]
    kept: Sequence[int] = range(len(lines))
    rest: list[BudgetLine] = []
    if len(lines) > most:
        smallest = set(sorted(kept, key=lambda at: lines[at].monthly)[: len(lines) - most + 1])
        rest = [lines[at] for at in sorted(smallest)]
        kept = [at for at in kept if at not in smallest]
    items = [
        {
            "what": say.label(Label(vocabulary, lines[at].kind)),
            "told": say.say(
                msg(
                    "{amount} {per}",
                    amount=say.money(Money(lines[at].amount, currency), symbol=False),
                    per=Label("per", lines[at].per),
                )
            ),
            "monthly": to_text(half_up(lines[at].monthly), currency),
            "reason": _remark((unusual or {}).get(at), lines[at].reason, say),
        }
        for at in kept
    ]
    if rest:
        items.append(
            {
                "what": say.say(msg("{n} smaller items", n=len(rest))),
                "told": "",
                "monthly": to_text(half_up(month(rest)), currency),
                "reason": "",
            }
        )
    return items


def _creditors(told: Sequence[CreditorEntry], say: Translator) -> list[CreditorEntry]:
    """The largest, and the rest as one."""
    largest = sorted(told, key=lambda row: -row.balance)
    if len(largest) <= MOST_CREDITORS:
        return largest
    kept, rest = largest[: MOST_CREDITORS - 1], largest[MOST_CREDITORS - 1 :]
    agreed = sum(row.agreed or 0 for row in rest)
    name = say.say(msg("{n} others", n=len(rest)))
    return [*kept, CreditorEntry(name=name, balance=sum(row.balance for row in rest), agreed=agreed or None)]
