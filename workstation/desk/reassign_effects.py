"""The consequences of a sharing out in words: what moves along, what stays, what was avoided, which devices lag."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import timedelta

from workstation.desk.reassign_book import TeamBook, TeamCase
from workstation.desk.reassign_views import CaseMove, Choice, LaterMove, LeftCase
from workstation.desk.staffing import Member
from workstation.domain.message import Message, msg, nmsg
from workstation.domain.rebalance import Load, Measure, Why

NAMED = 5  # numbers and people named in one sentence

WHY: dict[Why, Message] = {
    "language": msg("Nobody who could take it speaks the debtor's language."),
    "region": msg("Nobody who could take it covers the debtor's city."),
    "stage": msg("Nobody who could take it works on this stage."),
    "legal": msg("It is on the legal track, and nobody who could take it works on that."),
    "conflict": msg("The debtor complained about whoever could take it."),
    "full": msg("Whoever could take it has as many cases as they may hold."),
    "away": msg("Whoever could take it is on leave."),
    "nobody": msg("There is nobody who could take it."),
}
MEASURES: dict[Measure, Message] = {
    "count": msg("by number of cases"),
    "amount": msg("by amount"),
    "work": msg("by expected work"),
    "stage": msg("by stage mix"),
}


def title(book: TeamBook, choice: Choice, takers: int) -> Message:
    """What is done, in one line."""
    given = {"name": book.name(choice.person), "n": takers, "measure": MEASURES[choice.measure]}
    if choice.kind == "leave":
        return msg("{name}, on leave until {until} → {n} people, {measure}", until=choice.until, **given)
    if choice.kind == "resignation":
        return msg("{name} leaves for good → {n} people, {measure}", **given)
    if choice.kind == "cases":
        count = len(choice.case_ids)
        if len(choice.to) == 1:
            return nmsg("{n} case → {name}", "{n} cases → {name}", count, name=book.name(choice.to[0]))
        return msg("{cases} selected cases → {n} people, {measure}", cases=count, **given)
    return msg("Loads of {n} people made even, {measure}", **given)


def of_taker(member: Member, after: Load, got: Sequence[TeamCase], going: Sequence[TeamCase]) -> tuple[Message, ...]:
    """What the person gets along with the cases `got`, and what of all that is `going` was kept away from them."""
    return tuple(_of_taker(member, after, got, going))


def _of_taker(member: Member, after: Load, got: Sequence[TeamCase], going: Sequence[TeamCase]) -> Iterator[Message]:
    plans, promises = sum(case.plan for case in got), sum(case.promise_due is not None for case in got)
    if plans:
        yield nmsg("{n} plan in force comes along", "{n} plans in force come along", plans)
    if promises:
        yield nmsg("{n} open promise comes along", "{n} open promises come along", promises)
    avoided = sum(member.person_id in case.held.not_with for case in going)
    if avoided:
        yield nmsg("{n} case complained about them: avoided", "{n} cases complained about them: avoided", avoided)
    if member.most_cases is not None and got and after.cases >= member.most_cases:
        yield msg("Holds as many as they may: {n}", n=member.most_cases)


def notices(
    book: TeamBook, choice: Choice, moves: Sequence[CaseMove], left: Sequence[LeftCase], stay: Sequence[TeamCase],
    later: Sequence[LaterMove],
) -> tuple[Message, ...]:  # fmt: skip
    """What concerns the whole of it, the gravest first."""
    going = [book.cases[move.case_id] for move in moves]
    givers = Counter(move.before for move in moves if move.before is not None)
    return (
        *_nothing(book, choice, moves, left),
        *(line for giver in givers for line in _devices(book, giver)),
        *_staying(book, stay),
        *_later(stay, later),
        *_along(going),
        *([msg("What still lies with whoever covers comes back on {day}, by itself.",
               day=choice.until + timedelta(days=1))] if choice.until is not None and moves else []),
    )  # fmt: skip


def _nothing(book: TeamBook, choice: Choice, moves: Sequence[CaseMove], left: Sequence[LeftCase]) -> Iterator[Message]:
    if left:
        yield nmsg(
            "{n} case finds nobody who may take it and stays where it is.",
            "{n} cases find nobody who may take them and stay where they are.",
            len(left),
        )
    theirs = sum(
        case.held.holder == choice.to[0] for case_id in choice.case_ids if (case := book.cases.get(case_id)) is not None
    ) if choice.kind == "cases" and len(choice.to) == 1 else 0  # fmt: skip
    if theirs:
        yield nmsg("{n} of them is with {name} already.", "{n} of them are with {name} already.", theirs,
                   name=book.name(choice.to[0]))  # fmt: skip
    gone = sum(case_id not in book.cases for case_id in choice.case_ids)
    if gone:
        yield nmsg("{n} of them is closed, or not in your team any more.",
                   "{n} of them are closed, or not in your team any more.", gone)  # fmt: skip
    if not moves and not left and not theirs and not gone:
        yield msg("Nothing has to move: it is as even as it can be.")


def _devices(book: TeamBook, giver: str) -> Iterator[Message]:
    """What lies on the devices of whoever gives."""
    member = book.members.get(giver)
    if member is None:
        return
    for device in member.devices:
        waiting = device.waiting_events + device.waiting_attachments
        if waiting and not device.revoked:
            yield nmsg(
                "A device of {name} was last seen on {at}, with {n} record not handed in. It is still taken in, under "
                "their name; after that the cases leave the device.",
                "A device of {name} was last seen on {at}, with {n} records not handed in. They are still taken in, "
                "under their name; after that the cases leave the device.",
                waiting,
                name=member.name,
                at=device.last_seen_at,
            )


def _staying(book: TeamBook, stay: Sequence[TeamCase]) -> Iterator[Message]:
    holders = {case.held.holder for case in stay}
    if not holders:
        return
    last = max((case.promise_due for case in stay if case.promise_due is not None), default=None)
    count = len(stay)
    if len(holders) > 1:
        yield nmsg("{n} case with an open promise or plan stays with whom it was agreed with.",
                   "{n} cases with an open promise or plan stay with whom it was agreed with.", count)  # fmt: skip
    elif last is None:
        yield nmsg("{n} case with an open plan stays with {name}.", "{n} cases with an open plan stay with {name}.",
                   count, name=book.name(holders.pop()))  # fmt: skip
    else:
        yield nmsg(
            "{n} case with an open promise or plan stays with {name}; the last promise is due on {day}.",
            "{n} cases with an open promise or plan stay with {name}; the last promise is due on {day}.",
            count,
            name=book.name(holders.pop()),
            day=last,
        )


def _later(stay: Sequence[TeamCase], later: Sequence[LaterMove]) -> Iterator[Message]:
    """What becomes of what stays with who is on leave."""
    if later:
        yield nmsg(
            "{n} of them goes to who covers on the day it falls due, by itself: {day}.",
            "{n} of them go to who covers on the day they fall due, by themselves: the first on {day}.",
            len(later),
            day=min(move.due for move in later),
        )
        alone = len(stay) - len(later)
        if alone:
            yield nmsg(
                "{n} of them finds nobody who may take it: look after it yourself.",
                "{n} of them find nobody who may take them: look after them yourself.",
                alone,
            )


def _along(going: Sequence[TeamCase]) -> Iterator[Message]:
    today = sum(case.appointment for case in going)
    if today:
        yield nmsg("{n} appointment agreed for today moves along: tell the new holder.",
                   "{n} appointments agreed for today move along: tell the new holders.", today)  # fmt: skip
    asked = sum(case.proposal for case in going)
    if asked:
        yield nmsg("{n} proposed plan is still to be decided; that moves along.",
                   "{n} proposed plans are still to be decided; that moves along.", asked)  # fmt: skip
    letters = sum(case.letters for case in going)
    if letters:
        yield nmsg("{n} letter waits for the next batch; it is still made.",
                   "{n} letters wait for the next batch; they are still made.", letters)  # fmt: skip
    typed = sum(case.draft for case in going)
    if typed:
        yield nmsg("Something is half typed here on {n} of these cases; it stays at this desk.",
                   "Something is half typed here on {n} of these cases; it stays at this desk.", typed)  # fmt: skip
    papers = sorted({case.dossier for case in going if case.dossier})
    if papers:
        yield nmsg("Dossier {numbers} with such cases is out on paper: have it given back.",
                   "Dossiers {numbers} with such cases are out on paper: have them given back.", len(papers),
                   numbers=_list(papers))  # fmt: skip


def _list(texts: Iterable[str]) -> str:
    known = list(texts)
    return ", ".join(known[:NAMED]) + (" …" if len(known) > NAMED else "")


def spread(loads: Mapping[str, Load], capacity: Mapping[str, int], measure: Measure) -> float:
    """(Largest − smallest) ÷ mean of the loads for a full desk."""
    levels = [loads[one].worth(measure) / size for one, size in capacity.items() if size > 0]
    middle = sum(levels) / len(levels) if levels else 0.0
    return (max(levels) - min(levels)) / middle if middle else 0.0
