"""How a day is put into words and onto the map: a line for each candidate and stop, and the picture of all."""

from __future__ import annotations

from collections.abc import Sequence

from ui.field.lists import Line
from ui.field.picture import Mark, Picture, distance_words
from ui.field.work import FieldWork
from ui.look import Look
from workstation.desk.field_candidates import Candidate
from workstation.domain.field_day import LeftOutStop, PlannedDay, PlannedStop
from workstation.domain.message import msg, nmsg
from workstation.domain.route import Place

ON, BLOCKED, NO_PLACE = "✓", "!", "?"  # signs beside the colour


def candidate_line(look: Look, work: FieldWork, row: Candidate) -> Line:
    on, number = row.case_id in work.draft.case_ids, work.number(row.case_id)
    parts = [row.stage, row.district, look.tr("out of contact") if row.lost else ""]
    told, tone = " · ".join(part for part in parts if part), "muted"
    if row.blocked is not None:
        told, tone = look.say(row.blocked), "bad_ink"
    elif row.place is None:
        told, tone = look.tr("Not on the map yet"), "warn_ink"
    mark = str(number) if number else ON if on else BLOCKED if row.blocked else NO_PLACE if row.place is None else ""
    visited = "" if row.last_visit is None else look.tr("visited {day}", day=look.translator.day(row.last_visit))
    return Line(
        row.case_id,
        mark,
        "accent" if on else "muted",
        row.name,
        look.money(row.owed),
        told,
        visited if row.blocked is None else "",
        tone,
    )


def stop_line(look: Look, work: FieldWork, stop: PlannedStop) -> Line:
    row = work.candidate(stop.case_id)
    told, tone = _stop_words(look, stop)
    address = work.address(stop.case_id)
    if not told and address is not None:
        told = address.shown
    return Line(
        stop.case_id,
        str(stop.number),
        "bad" if stop.late else "accent",
        "—" if row is None else row.name,
        f"{stop.begins:%H:%M} – {stop.leaves:%H:%M}",
        told,
        distance_words(look.tr, stop.metres),
        tone,
    )


def _stop_words(look: Look, stop: PlannedStop) -> tuple[str, str]:
    """What somebody has to know before going there, the gravest first."""
    if stop.late:
        late = look.tr(
            "Late: there at {at}, closes at {closes}", at=f"{stop.arrives:%H:%M}", closes=f"{stop.closes:%H:%M}"
        )
        return late, "bad_ink"
    if stop.lacking:
        need = stop.lacking[0]
        said = msg("{role}: {why}", role=look.label("visit_role", need.role), why=need.why)
        return look.say(said), "bad_ink"
    if stop.cautions:
        return look.say(stop.cautions[0]), "warn_ink"
    if stop.waits:
        wait = nmsg("There at {at}, waits {n} minute", "There at {at}, waits {n} minutes", stop.waits,
                    at=f"{stop.arrives:%H:%M}")  # fmt: skip
        return look.say(wait), "muted"
    return "", "muted"


def left_line(look: Look, work: FieldWork, row: LeftOutStop) -> Line:
    known = work.candidate(row.case_id)
    sign = NO_PLACE if row.kind == "no_place" else BLOCKED
    return Line(
        row.case_id,
        sign,
        "muted",
        look.tr("A case of somebody else") if known is None else known.name,
        "" if known is None else look.money(known.owed),
        look.say(row.why),
        "",
        "bad_ink" if row.kind != "no_place" else "warn_ink",
    )


def summary(look: Look, day: PlannedDay | None) -> str:
    """The day in a line: how many visits, how far, from when to when."""
    if day is None or not day.stops:
        return look.tr("Nobody is on this day yet: Space in the list puts a case on it.")
    visits = look.say(nmsg("{n} visit", "{n} visits", len(day.stops)))
    span = f"{day.begins:%H:%M} – {day.back:%H:%M}"
    return f"{visits} · {distance_words(look.tr, day.metres)} · {span}"


def warnings(look: Look, day: PlannedDay | None) -> list[str]:
    """What has to be put right before anybody sets out."""
    if day is None or not day.stops:
        return []
    told = [look.say(fault) for fault in day.faults]
    late = sum(stop.late for stop in day.stops)
    if late:
        told.append(look.say(nmsg("{n} stop is late.", "{n} stops are late.", late)))
    if day.over:
        told.append(look.tr("Back at {back}, after the day's end.", back=f"{day.back:%H:%M}"))
    roles = {need.role: sum(any(one.role == need.role for one in stop.lacking) for stop in day.stops)
             for stop in day.stops for need in stop.lacking}  # fmt: skip
    for role, count in sorted(roles.items()):
        word = look.label("visit_role", role)
        told.append(look.say(nmsg("{role}: {n} stop needs one.", "{role}: {n} stops need one.", count, role=word)))
    return told


def picture(look: Look, work: FieldWork) -> Picture:
    day = work.planned
    stops = day.stops if day is not None else ()
    going = {stop.case_id for stop in stops}
    marks = [
        Mark(row.case_id, row.place, f"{row.name} · {look.money(row.owed)}")
        for row in work.chosen
        if row.place is not None and row.case_id not in going
    ]
    marks += [
        Mark(stop.case_id, stop.place, _said(look, work, stop), stop.number, "bad" if stop.late else "accent")
        for stop in stops
    ]
    way: tuple[Place, ...] = ()
    named: tuple[tuple[str, Place], ...] = ()
    if day is not None and day.start is not None and day.end is not None and stops:
        way = (day.start, *(stop.place for stop in stops), day.end)
        named = ((look.tr("Start and end"), day.start),)
        if day.end != day.start:
            named = ((look.tr("Start"), day.start), (look.tr("End"), day.end))
    return Picture(tuple(marks), way, named, _districts(work.rows), _told(look, marks))


def _told(look: Look, marks: Sequence[Mark]) -> str:
    """What to do, where the map shows no day yet."""
    if not marks:
        return look.tr("None of these addresses is on the map yet: choose a case, then place it or type where it lies.")
    if not any(mark.number for mark in marks):
        return look.tr("The circles are cases that might be visited. Space puts one on the day, Ctrl Shift D fills it.")
    return ""


def _said(look: Look, work: FieldWork, stop: PlannedStop) -> str:
    line = stop_line(look, work, stop)
    return f"{stop.number} {line.first} · {line.first_right} · {line.second}"


def _districts(rows: Sequence[Candidate]) -> tuple[tuple[str, Place], ...]:
    """Each with the middle of its candidates."""
    found: dict[str, list[Place]] = {}
    for row in rows:
        if row.place is not None and row.district:
            found.setdefault(row.district, []).append(row.place)
    return tuple(
        (
            name.split(" ")[-1],
            Place(sum(p.latitude for p in places) / len(places), sum(p.longitude for p in places) / len(places)),
        )
        for name, places in sorted(found.items())
    )
