"""What a lead needs to see to decide what a collector asked for: the record as it is now beside what was said then."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from local_db.queries import CaseFile
from workstation.desk import approval_facts, asking, pre_action, standing
from workstation.desk.approval_facts import Fact
from workstation.desk.seat import zone
from workstation.desk.shown import ShownCase
from workstation.domain.case_values import ApprovalKnown
from workstation.domain.message import Label, Message, Money, msg, nmsg
from workstation.domain.vocabulary import PRE_ACTION


def facts(file: CaseFile, shown: ShownCase, known: ApprovalKnown, today: date) -> Iterator[Fact]:
    yield msg("Owed today"), Money(standing.owed(file, today).total.total, file.book.currency)
    about = asking.about(file, shown, known)
    if about is not None:
        yield (msg("Whom") if known.what == "third_party" else msg("Against what")), about
    if known.wanted_until is not None:
        yield msg("Wanted until"), msg("{day}", day=known.wanted_until)
    if known.what == "legal_referral":
        yield from _time_to_sue(file, today)
    else:
        yield from _reached(file)
    yield from approval_facts.person(file, today)


def steps(file: CaseFile, known: ApprovalKnown, today: date) -> tuple[tuple[Label, bool], ...]:
    """The pre-action list by the record as it is now."""
    if known.what != "legal_referral":
        return ()
    taken = pre_action.steps_taken(file, today)
    return tuple((Label("pre_action", step), step in taken) for step in PRE_ACTION)


def warnings(file: CaseFile, known: ApprovalKnown, today: date) -> Iterator[Message]:
    """What changed since it was asked, or speaks against a yes."""
    if known.what == "legal_referral":
        missing = len(PRE_ACTION) - len(pre_action.steps_taken(file, today))
        if missing:
            yield nmsg(
                "{n} step before a referral is not on record.",
                "{n} steps before a referral are not on record.",
                missing,
            )
        lost = set(known.steps) - set(pre_action.steps_taken(file, today))
        for step in sorted(lost):
            yield msg("No longer so: {step}.", step=Label("pre_action", step))
    elif known.what == "third_party":
        if not asking.out_of_contact(file):
            yield msg("The debtor has been reached since: a third person may not be contacted any more.")
        if file.state.third_party_refused:
            yield msg("A third person asked not to be contacted again.")
    if file.state.complaint_open and known.what != "override":
        yield msg("A complaint is open on this case.")


def _time_to_sue(file: CaseFile, today: date) -> Iterator[Fact]:
    days = pre_action.limitation_days(file, today)
    if days is None:
        return
    left = nmsg("{n} day left", "{n} days left", days) if days >= 0 else msg("run out")
    yield msg("Time to sue"), left


def _reached(file: CaseFile) -> Iterator[Fact]:
    """The evidence that the debtor cannot be reached."""
    state = file.state
    own = [row for row in file.points if row.kind == "phone" and row.related_person_id is None]
    dead = sum(row.id in state.dead_points for row in own)
    yield msg("Out of contact"), msg("yes") if asking.out_of_contact(file) else msg("no")
    yield msg("Numbers of the debtor"), msg("{n}, of which dead: {dead}", n=len(own), dead=dead)
    yield msg("Unanswered in a row"), msg("{n}", n=state.unanswered_streak)
    if state.last_right_party_at is not None:
        yield msg("Last spoken to"), msg("{day}", day=state.last_right_party_at.astimezone(zone(file.zone)).date())
