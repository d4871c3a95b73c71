"""Cases shared out anew as a command: seen with `--dry-run`, done in one transaction at the centre, and undone."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from functools import wraps
from typing import TYPE_CHECKING, Any, get_args

import click

from workstation.cli.language import ends_cleanly, said_as_json, say, tr, translator
from workstation.cli.seat import signed_in
from workstation.domain.errors import InputError, WorkstationError
from workstation.domain.message import msg, nmsg
from workstation.domain.money import to_text
from workstation.domain.rebalance import Load, Measure

if TYPE_CHECKING:
    from workstation.desk.reassign_book import TeamBook
    from workstation.desk.reassign_views import Choice, Kind, Outcome, Preview
    from workstation.session import Desk

_SHARED: tuple[Callable[[Any], Any], ...] = (
    click.option("--by", "measure", type=click.Choice(get_args(Measure)), default="count", show_default=True,
                 help=tr("What is made even: cases, amount, expected work, or cases of each stage.")),
    click.option("--without", multiple=True, help=tr("Who gets nothing, by name; may be given again.")),
    click.option("--reason", default="", help=tr("Why; it stands in the history of each case.")),
    click.option("--dry-run", is_flag=True, help=tr("Only show what would come of it.")),
)  # fmt: skip
_SEAT: tuple[Callable[[Any], Any], ...] = (
    click.option("--json", "as_json", is_flag=True, help=tr("One JSON object instead of lines.")),
    click.option("--sync", is_flag=True, help=tr("Synchronise first.")),
    click.option("--login", help=tr("Whose seat; the last one signed in when left out.")),
    click.option("--pin-stdin", is_flag=True, help=tr("Read the PIN from standard input; else it is asked for.")),
)


def _with(options: Iterable[Callable[[Any], Any]]) -> Callable[[Callable[..., None]], Callable[..., None]]:
    def add(command: Callable[..., None]) -> Callable[..., None]:
        for option in reversed(tuple(options)):
            command = option(command)
        return command

    return add


def _ends(command: Callable[..., None]) -> Callable[..., None]:
    """A request that cannot be done ends with exit code 2; with `--json` its error is an object."""

    @wraps(command)
    def run(*, as_json: bool, **given: Any) -> None:
        try:
            command(as_json=as_json, **given)
        except WorkstationError as error:
            if as_json:
                click.echo(said_as_json(error))
            raise

    return ends_cleanly(run)


@click.command("rebalance", help=tr("Make the loads of a team even, by what everybody can do."))
@_with((*_SHARED, *_SEAT))
@_ends
def rebalance_command(
    measure: Measure, without: tuple[str, ...], reason: str, dry_run: bool, as_json: bool, sync: bool,
    login: str | None, pin_stdin: bool,
) -> None:  # fmt: skip
    from workstation.desk.reassign_views import Choice

    with signed_in("rebalance", login, pin_stdin) as desk:
        if sync:
            desk.sync.once()
        nobody = frozenset(People(desk).all(without, "without"))
        share(desk, Choice("rebalance", measure, without=nobody), reason, dry_run=dry_run, as_json=as_json)


@click.command(
    "reassign", help=tr("Give a person's cases, or cases named, to others: for a leave, a resignation, or as chosen.")
)
@click.option("--person", help=tr("Whose cases, by name; with `--until` or `--for-good`."))
@click.option(
    "--until", type=click.DateTime(["%Y-%m-%d"]), help=tr("The last day of their leave; then the cases return.")
)
@click.option("--for-good", is_flag=True, help=tr("They leave for good: everything goes."))
@click.option("--case", "numbers", multiple=True, help=tr("A case by its number; may be given again."))
@click.option(
    "--cases", "listed", type=click.File(encoding="utf-8-sig"), help=tr("A file with a case number on each line.")
)
@click.option("--to", multiple=True, help=tr("Among whom, by name; may be given again. Everybody when left out."))
@click.option("--all", "agreed_too", is_flag=True, help=tr("Open promises and plans go at once too."))
@_with((*_SHARED, *_SEAT))
@_ends
def reassign_command(
    person: str | None, until: Any, for_good: bool, numbers: tuple[str, ...], listed: Iterable[str] | None,
    to: tuple[str, ...], agreed_too: bool, measure: Measure, without: tuple[str, ...], reason: str, dry_run: bool,
    as_json: bool, sync: bool, login: str | None, pin_stdin: bool,
) -> None:  # fmt: skip
    named = [*numbers, *(line.strip() for line in listed or () if line.strip())]
    with signed_in("reassign", login, pin_stdin) as desk:
        if sync:
            desk.sync.once()
        last = None if until is None else until.date()
        choice = chosen(
            desk, person, last, named, to, for_good=for_good, measure=measure, without=without, keep=not agreed_too
        )
        share(desk, choice, reason, dry_run=dry_run, as_json=as_json)


@click.command("undo", help=tr("Give back what was moved last at this seat, within a day of it."))
@click.option("--reason", default="", help=tr("Why; it stands in the history of each case."))
@_with(_SEAT)
@_ends
def undo_command(reason: str, as_json: bool, sync: bool, login: str | None, pin_stdin: bool) -> None:
    with signed_in("undo", login, pin_stdin) as desk:
        if sync:
            desk.sync.once()
        outcome = desk.reassigning.undo(reason)
    if as_json:
        click.echo(json.dumps({"state": "undone", **_came(outcome)}, ensure_ascii=False))
    else:
        say(outcome.sentence)


class People:
    """The team by name."""

    def __init__(self, desk: Desk) -> None:
        self._known = [(member.name, member.person_id) for member in desk.staffing.of_team()]

    def one(self, name: str, field: str) -> str:
        found = [identity for known, identity in self._known if known == name]
        if len(found) != 1:
            raise InputError(msg("Nobody in your team is called {name}, or more than one is.", name=name), field=field)
        return found[0]

    def all(self, names: Sequence[str], field: str) -> tuple[str, ...]:
        return tuple(self.one(name, field) for name in names)


def chosen(
    desk: Desk, person: str | None, until: date | None, numbers: Sequence[str], to: Sequence[str], *,
    for_good: bool = False, measure: Measure = "count", without: Sequence[str] = (), keep: bool = True,
) -> Choice:  # fmt: skip
    """What the options of `reassign` mean. Raises `InputError` naming the one that does not go with the others."""
    from workstation.desk.reassign_views import Choice

    people = People(desk)
    if (person is None) == (not numbers):
        raise InputError(msg("Give `--person`, or cases by number."), field="person")
    if person is None and (until is not None or for_good):
        raise InputError(msg("`--until` and `--for-good` are about a person: give `--person`."), field="person")
    if person is not None and (until is None) != for_good:
        raise InputError(msg("Give `--until` with the last day of a leave, or `--for-good`."), field="until")
    if to and without:
        raise InputError(msg("Give `--to` or `--without`, not both."), field="without")
    among, but = people.all(to, "to"), frozenset(people.all(without, "without"))
    if person is not None:
        kind: Kind = "leave" if until is not None else "resignation"
        return Choice(kind, measure, person=people.one(person, "person"), to=among, without=but, until=until, keep=keep)
    known = {case.number: case.id for case in desk.reassigning.book().cases.values()}
    unknown = [number for number in numbers if number not in known]
    if unknown:
        raise InputError(
            nmsg(
                "{n} case is closed, or not in your team: {which}.",
                "{n} cases are closed, or not in your team: {which}.",
                len(unknown),
                which=", ".join(unknown[:5]) + (" …" if len(unknown) > 5 else ""),
            ),
            field="case",
        )
    ids = tuple(dict.fromkeys(known[number] for number in numbers))
    return Choice("cases", measure, case_ids=ids, to=among, without=but, keep=keep)


def share(desk: Desk, choice: Choice, reason: str, *, dry_run: bool, as_json: bool) -> None:
    """Show what would come of it, and do it unless it is only to be seen. Nothing to move is an answer, no error."""
    work = desk.reassigning
    shown = work.preview(choice)
    if shown is None:  # only when stopped, and nobody stops it
        return
    book = work.book()
    found: dict[str, Any] = {"state": "preview", **_shown(shown, book)}
    if not as_json:
        _say(shown)
    if not dry_run and not shown.moves and not shown.later:
        found["state"] = "nothing"
    elif not dry_run:
        outcome = work.commit(shown, reason)
        found |= {"state": "waits" if outcome.waits else "done", **_came(outcome)}
        if not as_json:
            say(outcome.sentence)
            if outcome.undo_until is not None:
                say(msg("It can be undone until {time}.", time=outcome.undo_until))
    if as_json:
        click.echo(json.dumps(found, ensure_ascii=False))


def _say(shown: Preview) -> None:
    say(shown.title)
    for line in shown.lines:
        say(
            msg(
                "{name}: {before} → {after} cases (+{came} −{went})",
                name=line.name, before=line.before.cases, after=line.after.cases, came=line.came, went=line.went,
            )
        )  # fmt: skip
    say(msg("Distance of the loads: {before} % → {after} %", before=f"{shown.spread_before * 100:.1f}",
            after=f"{shown.spread_after * 100:.1f}"))  # fmt: skip
    for row in shown.left:
        say(msg("{case} stays: {why}", case=row.number, why=row.why))
    for notice in shown.notices:
        say(notice)


def _shown(shown: Preview, book: TeamBook) -> dict[str, Any]:
    currencies = {case.currency for case in book.cases.values()}
    currency = next(iter(currencies)) if len(currencies) == 1 else None

    def load(of: Load) -> dict[str, Any]:
        amount = None if currency is None else to_text(of.amount, currency)
        return {"cases": of.cases, "amount": amount, "work_seconds": of.work, "stages": dict(of.stages)}

    return {
        "title": translator().say(shown.title),
        "currency": currency,
        "spread_before": round(shown.spread_before, 4),
        "spread_after": round(shown.spread_after, 4),
        "people": [
            {"name": line.name, "before": load(line.before), "after": load(line.after), "came": line.came,
             "went": line.went, "away": line.away, "effects": [translator().say(said) for said in line.effects]}
            for line in shown.lines
        ],
        "moves": [
            {"case": book.cases[one.case_id].number, "from": None if one.before is None else book.name(one.before),
             "to": book.name(one.after)}
            for one in shown.moves
        ],
        "later": [
            {"case": book.cases[one.case_id].number, "to": book.name(one.after), "on": one.due.isoformat()}
            for one in shown.later
        ],
        "left": [{"case": row.number, "why": translator().say(row.why)} for row in shown.left],
        "stay": shown.stay,
        "notices": [translator().say(said) for said in shown.notices],
    }  # fmt: skip


def _came(outcome: Outcome) -> dict[str, Any]:
    return {
        "message": translator().say(outcome.sentence),
        "moved": outcome.moved,
        "not_moved": [{"case": case.number, "by": case.by} for case in outcome.not_moved],
        "undo_until": None if outcome.undo_until is None else outcome.undo_until.isoformat(),
    }
