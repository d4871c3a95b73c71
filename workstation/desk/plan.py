"""Repayment plans: conditions as typed in, calculated plans out, compared, proposed as an event."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from time import monotonic
from typing import Any

from workstation.desk import plan_shown
from workstation.desk.entry_reading import Readings
from workstation.desk.plan_entries import Basis, form_again, form_of, request_of
from workstation.desk.plan_follow import needs_a_lead, replaced_by_another
from workstation.desk.plan_kept import paid_since
from workstation.desk.plan_solving import worked
from workstation.desk.plan_views import (
    WITHOUT_INTEREST,
    PlanAccountChoice,
    PlanCard,
    PlanForm,
    PlanStanding,
    PlanSuggested,
    PlanView,
)
from workstation.desk.seat import Seat
from workstation.domain.calendar import next_business_day
from workstation.domain.case_values import PlanMade
from workstation.domain.changes import Changes
from workstation.domain.errors import InputError, WorkstationError
from workstation.domain.events import NextAction, PlanProposed, decode_body
from workstation.domain.message import Label, Message, Money, msg
from workstation.domain.money import to_minor
from workstation.domain.plan_form import answer, read_request
from workstation.domain.plan_suggest import suggest
from workstation.security.masking import Masks

BASIS_SECONDS = 5.0  # while somebody types, the case is not read anew for every letter


class PlanDesk:
    def __init__(self, seat: Seat) -> None:
        self._seat = seat
        self._basis: tuple[str, float, Basis] | None = None

    def start(self) -> PlanForm:
        """Conditions with sensible defaults: twelve parts, the first one in a week on a business day."""
        today = self._seat.clock.today()
        first = next_business_day(today + timedelta(days=7))
        return PlanForm(instalments="12", first_due=first.isoformat())

    def resume(self, case_id: str) -> PlanForm:
        """The conditions of the proposal that waits for a lead or for the debtor's consent; without one a new form."""
        file, form = self._seat.file(case_id), self.start()
        waiting = file.state.waiting_plan
        event = next((event for event in file.events if waiting is not None and event.id == waiting.id), None)
        body = decode_body(event.kind, event.body) if event is not None else None
        if not isinstance(body, PlanProposed):
            return form
        accounts = (account.id for account in self._basis_of(case_id).accounts)
        return form_again(read_request(body.request), form, accounts)

    def refresh(self) -> None:
        """The case was shown or changed: what it owes is read anew."""
        self._basis = None

    def calculate(self, case_id: str, form: PlanForm, budget: Mapping[str, Any] | None = None) -> PlanView:
        """The plan as it stands; an entry that cannot be read, or no solution, comes back as the view's error.

        `budget` is the debtor's, in the form of the `plan` command.
        """
        readings = Readings(self._seat.clock.today())
        accounts: tuple[PlanAccountChoice, ...] = ()
        try:
            basis = self._basis_of(case_id)
            accounts = _choices(basis, form, self._seat.masks)
            request = request_of(basis, form, readings, self._role, budget)
            if readings.first_error is not None:
                view = plan_shown.failed(readings.first_error, readings, form.method)
            else:
                view = plan_shown.view_of(worked(request), readings)
        except WorkstationError as error:
            view = plan_shown.failed(error.message, readings, form.method, error.field or "")
            return replace(view, accounts=accounts)
        after_breach = self._role != "lead" and needs_a_lead(basis.file.state)
        return replace(view, accounts=accounts, needs_approval=view.needs_approval or after_breach)

    def compare(
        self, case_id: str, forms: Sequence[PlanForm], budget: Mapping[str, Any] | None = None
    ) -> tuple[PlanCard, ...]:
        """A card for each, in their order."""
        return tuple(self.calculate(case_id, form, budget).card for form in forms)

    def suggest(
        self, case_id: str, form: PlanForm, budget: Mapping[str, Any] | None = None
    ) -> tuple[PlanSuggested, ...]:
        """Three sensible plans with the reason for each; waivers, dates, rate and accounts of the form are kept."""
        interest = "equal_instalment" if form.method not in WITHOUT_INTEREST | {"custom"} else "interest_free"
        plain = replace(form, method=interest, amount="", instalments="1", last_due="", unknown="")
        readings = Readings(self._seat.clock.today())
        request = request_of(self._basis_of(case_id), plain, readings, self._role, budget)
        if readings.first_error is not None:
            raise InputError(readings.first_error)
        return tuple(
            PlanSuggested(form_of(made.request, plain), (made.why, *made.notes))
            for made in suggest(read_request(request))
        )

    def propose(self, case_id: str, form: PlanForm, budget: Mapping[str, Any] | None = None) -> Changes:
        """Record the plan as proposed; above one's authority it waits for a lead."""
        self.refresh()
        readings = Readings(self._seat.clock.today())
        request = request_of(self._basis_of(case_id), form, readings, self._role, budget)
        if readings.first_error is not None:
            raise InputError(readings.first_error)
        done = worked(request)
        request, result = done.request, answer(done.result)
        state = self._seat.file(case_id).state
        waits = done.result.approval.needed or (needs_a_lead(state) and self._role != "lead")
        if waits and not form.circumstances.strip():
            raise InputError(
                msg("This plan needs a lead's approval: say what the debtor's circumstances are."),
                field="circumstances",
            )
        first = result["schedule"][0]
        body = PlanProposed(
            request=request,
            result=result,
            needs_approval=waits,
            replaces=replaced_by_another(state),
            circumstances=form.circumstances.strip(),
            next_action=NextAction(
                action="await_approval" if waits else "propose_plan", due=next_business_day(self._seat.clock.today())
            ),
        )
        amount = to_minor(first["amount"], request["currency"])
        self._seat.record(case_id, body, amount=amount, due_on=date.fromisoformat(first["due"]))
        return Changes(frozenset({"event", "plan"}), frozenset({case_id}))

    def standing(self, case_id: str) -> PlanStanding:
        """How the newest plan stands: nothing yet, waiting for a lead, to be agreed to, or in force."""
        file = self._seat.file(case_id)
        plan = file.state.waiting_plan or file.state.plan
        if plan is None or plan.stage not in {"proposed", "approved"}:
            return PlanStanding("in_force" if plan is not None and plan.in_force else "new")
        if plan.needs_approval and plan.stage != "approved":
            return PlanStanding("waits", msg("{plan} waits for a lead's approval.", plan=_told(plan)))
        came = paid_since(file, plan, self._seat.clock.today())
        if came is not None:
            said = msg(
                "{plan} is proposed. {amount} was paid since and counts for its first instalments. "
                "How does the debtor agree?",
                plan=_told(plan),
                amount=came,
            )
            return PlanStanding("agree", said)
        return PlanStanding("agree", msg("{plan} is proposed. How does the debtor agree?", plan=_told(plan)))

    @property
    def _role(self) -> str:
        return "lead" if self._seat.person.role == "lead" else "collector"

    def _basis_of(self, case_id: str) -> Basis:
        today, now, kept = self._seat.clock.today(), monotonic(), self._basis
        if kept is not None and kept[0] == case_id and kept[2].today == today and now - kept[1] < BASIS_SECONDS:
            return kept[2]
        basis = Basis.of(self._seat.file(case_id), today)
        self._basis = case_id, now, basis
        return basis


def _choices(basis: Basis, form: PlanForm, masks: Masks) -> tuple[PlanAccountChoice, ...]:
    if len(basis.accounts) < 2:
        return ()
    taken = {account.id for account in basis.taken(form)}
    return tuple(
        PlanAccountChoice(
            account.id,
            msg(
                "{card} · {owed}",
                card=masks.shown("card", account.number),
                owed=Money(account.balance.total, basis.currency),
            ),
            account.id in taken,
        )
        for account in basis.accounts
    )


def _told(plan: PlanMade) -> Message:
    first = plan.instalments[0].amount if plan.instalments else 0
    return msg(
        "{method}, {amount} × {n}",
        method=Label("plan_method", plan.method),
        amount=Money(first, plan.currency),
        n=len(plan.instalments),
    )
