"""From a choice to its preview: whom each case goes to, and everybody's load before and after. Nothing is written."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from workstation.desk import reassign_effects
from workstation.desk.reassign_book import TeamBook, TeamCase
from workstation.desk.reassign_views import CaseMove, Choice, LaterMove, LeftCase, PersonLine, Preview
from workstation.domain.errors import InputError
from workstation.domain.message import Money, msg
from workstation.domain.rebalance import Held, Holder, Load, Proposal, propose


def preview(book: TeamBook, choice: Choice) -> Preview:
    """Raises `InputError` naming the field for a choice that cannot be."""
    holders = _holders(book, choice)
    _check(book, choice, holders)
    stay: list[TeamCase] = []
    later: tuple[LaterMove, ...] = ()
    if choice.kind == "cases":
        found, stay = _selected(book, choice, holders)
    elif choice.kind == "rebalance":
        found = propose([case.held for case in book.cases.values()], holders, choice.measure)
    else:
        waits = {case.id for case in book.cases.values() if _waits(book, choice, case)}
        held = [
            replace(case.held, committed=case.id in waits) if case.held.holder == choice.person else case.held
            for case in book.cases.values()
            if case.held.holder is not None
        ]
        found = propose(held, holders, choice.measure, leaving={choice.person}, only_theirs=True)
        stay = [book.cases[case_id] for case_id in found.stay]
        later = _later(held, holders, choice, found, stay)
    return _shown(book, choice, holders, found, stay, later)


def _waits(book: TeamBook, choice: Choice, case: TeamCase) -> bool:
    """Does it stay with who goes on leave for now? What needs somebody already goes with the rest."""
    if choice.kind != "leave" or not choice.keep or not case.held.committed:
        return False
    return case.needed_on is not None and case.needed_on > book.day


def _later(
    held: Sequence[Held], holders: list[Holder], choice: Choice, found: Proposal, stay: Sequence[TeamCase]
) -> tuple[LaterMove, ...]:
    """Who gets each case that stays, on its day: as if it were to go now, after all that does."""
    to = {move.case_id: move.after for move in found.moves}
    days = {case.id: case.needed_on for case in stay}
    after = [
        replace(one, holder=None if one.case_id in days else to.get(one.case_id, one.holder), committed=False)
        for one in held
    ]
    placed = propose(after, holders, choice.measure, only_theirs=True) if stay else None
    return tuple(
        LaterMove(move.case_id, move.after, due)
        for move in (() if placed is None else placed.moves)
        if (due := days.get(move.case_id)) is not None
    )


def _holders(book: TeamBook, choice: Choice) -> list[Holder]:
    if choice.to:
        return [one for one in book.holders(dict.fromkeys(choice.to)) if one.id != choice.person]
    return [one for one in book.holders() if one.id != choice.person and one.id not in choice.without]


def _check(book: TeamBook, choice: Choice, holders: list[Holder]) -> None:
    if choice.kind == "cases" and not choice.case_ids:
        raise InputError(msg("Select the cases first, in the list of the team or in the queue."), field="cases")
    if choice.kind in {"leave", "resignation"} and choice.person not in book.members:
        raise InputError(msg("Choose whose cases are to be given to others."), field="person")
    if choice.kind == "leave" and (choice.until is None or choice.until < book.day):
        raise InputError(msg("Say until which day the leave lasts: today or later."), field="until")
    for one in choice.to:
        if one == choice.person:
            raise InputError(msg("{name} cannot take over from themselves.", name=book.name(one)), field="to")
        member = book.members.get(one)
        if member is None or not member.active:
            raise InputError(
                msg("{name} does not work in your team any more. Choose somebody else.", name=book.name(one)),
                field="to",
            )
        if member.away(book.day):
            raise InputError(
                msg("{name} is on leave until {day}. Choose somebody else.", name=member.name, day=member.leave_until),
                field="to",
            )
    if all(holder.away for holder in holders):
        raise InputError(msg("There is nobody in the team who could take cases now."), field="to")
    if choice.measure == "amount" and len({case.currency for case in book.cases.values()}) > 1:
        raise InputError(msg("Amounts in several currencies cannot be made even: choose another measure."),
                         field="measure")  # fmt: skip


def _there(book: TeamBook, person: str | None) -> bool:
    """Is somebody there to keep what was agreed with them?"""
    member = book.members.get(person or "")
    return member is not None and member.active and not member.away(book.day)


def _selected(book: TeamBook, choice: Choice, holders: list[Holder]) -> tuple[Proposal, list[TeamCase]]:
    """The selected cases placed as if nobody held them; everybody else's count for the loads and stay."""
    chosen = [book.cases[case_id] for case_id in dict.fromkeys(choice.case_ids) if case_id in book.cases]
    if len(choice.to) == 1:
        chosen = [case for case in chosen if case.held.holder != choice.to[0]]
    stay = [
        case
        for case in chosen
        if choice.keep and case.held.committed and _there(book, case.held.holder)
        and case.held.holder not in case.held.not_with
    ]  # fmt: skip
    going = {case.id for case in chosen} - {case.id for case in stay}
    held = [
        replace(case.held, holder=None) if case.id in going else case.held
        for case in book.cases.values()
        if case.id in going or case.held.holder is not None
    ]
    return propose(held, holders, choice.measure, only_theirs=True), stay


def _shown(
    book: TeamBook, choice: Choice, holders: list[Holder], found: Proposal, stay: list[TeamCase],
    later: tuple[LaterMove, ...],
) -> Preview:  # fmt: skip
    moves = tuple(
        CaseMove(move.case_id, case.version, case.held.holder, move.after)
        for move in found.moves
        if (case := book.cases[move.case_id]).held.holder != move.after
    )
    left = tuple(
        LeftCase(case.id, case.number, case.name, reassign_effects.WHY[row.why])
        for row in found.unplaced
        for case in (book.cases[row.case_id],)
    )
    to = {move.case_id: move.after for move in moves}
    before = _loads(book.cases.values(), {})
    after = _loads(book.cases.values(), to)
    capacity = {holder.id: holder.capacity for holder in holders if not holder.away}
    return Preview(
        choice=choice,
        title=reassign_effects.title(book, choice, len(capacity)),
        lines=_lines(book, choice, holders, moves, before, after),
        moves=moves,
        left=left,
        stay=len(stay),
        notices=reassign_effects.notices(book, choice, moves, left, stay, later),
        spread_before=reassign_effects.spread(before, capacity, choice.measure),
        spread_after=reassign_effects.spread(after, capacity, choice.measure),
        looked_at=len(book.cases),
        later=later,
    )


def _lines(
    book: TeamBook, choice: Choice, holders: list[Holder], moves: tuple[CaseMove, ...], before: Mapping[str, Load],
    after: Mapping[str, Load],
) -> tuple[PersonLine, ...]:  # fmt: skip
    """Who gives first, then who may get, each with what it means to them."""
    got: dict[str, list[TeamCase]] = defaultdict(list)
    for move in moves:
        got[move.after].append(book.cases[move.case_id])
    came, went = Counter(move.after for move in moves), Counter(move.before or "" for move in moves)
    going = [book.cases[move.case_id] for move in moves]
    [currency] = {case.currency for case in book.cases.values()} if _one_currency(book) else {None}
    givers = [one for one in went if one in book.members and one not in {holder.id for holder in holders}]
    lines = []
    for person in (*givers, *(holder.id for holder in holders)):
        member = book.members[person]
        lines.append(
            PersonLine(
                person_id=person,
                name=member.name,
                before=before[person],
                after=after[person],
                came=came[person],
                went=went[person],
                amount=None if currency is None else Money(after[person].amount, currency),
                away=member.away(book.day) or (person == choice.person and choice.kind == "leave"),
                effects=reassign_effects.of_taker(member, after[person], got[person], going),
            )
        )
    return tuple(lines)


def _one_currency(book: TeamBook) -> bool:
    return len({case.currency for case in book.cases.values()}) == 1


def _loads(cases: Iterable[TeamCase], to: Mapping[str, str]) -> Mapping[str, Load]:
    """By person; of whoever holds nothing a load of nothing."""
    sums: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0])
    stages: dict[str, Counter[str]] = defaultdict(Counter)
    for case in cases:
        holder = to.get(case.id, case.held.holder)
        if holder is not None:
            of = sums[holder]
            of[0] += 1
            of[1] += case.held.amount
            of[2] += case.held.work
            stages[holder][case.held.stage] += 1
    found = {person: Load(of[0], of[1], of[2], dict(stages[person])) for person, of in sums.items()}
    return defaultdict(lambda: Load(0, 0, 0, {}), found)
