"""The work plan and the shift report as PDF, read back by another program."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from io import BytesIO
from zoneinfo import ZoneInfo

import pypdf
import pytest

from workstation.desk.agenda import Day, Item, Week
from workstation.desk.day_close import FIGURES, DayClosed, OpenItem
from workstation.desk.seat import Clock, Person
from workstation.desk.sync_views import SyncHead
from workstation.desk.views import Light, QueueRow
from workstation.desk.work_plan import QUEUE_ROWS, Papers
from workstation.domain.message import Money, msg
from workstation.i18n import Translator
from workstation.session import Desk

TODAY = date(2026, 11, 23)
ZONE = ZoneInfo("Asia/Shanghai")
PERSON = Person("p", "chenjing", "陈静", "collector", "t", "信用卡一组")
CLOCK = Clock.starting_at(TODAY, time(10, 24), "Asia/Shanghai")
WORDS = {"zh_CN": ("今日工作计划", "跳票", "第 1 页"), "en": ("Work plan for the day", "broken", "Page 1 of")}
SYNCED = SyncHead(msg("Signed in; not synchronised yet"), "neutral")
LONG = "欧阳慕容·阿卜杜拉" * 12


def papers(language: str) -> Papers:
    return Papers(PERSON, CLOCK, Translator(language, ZONE, TODAY), in_full=True)


def item(number: int, name: str = "王晓明", **changes: object) -> Item:
    made = {
        "case_id": str(number), "number": f"C{number:07}", "name": name, "kind": "promise", "day": TODAY, "at": None,
        "amount": Money(123_456, "CNY"), "state": None, "tone": "accent", "open": True, **changes,
    }  # fmt: skip
    return Item(**made)  # type: ignore[arg-type]


def week(items: list[Item], missed: list[Item] | None = None) -> Week:
    days = tuple(Day(TODAY + timedelta(days=n), tuple(items) if n == 0 else (), 0, None) for n in range(7))
    return Week(days, tuple(missed or ()), TODAY)


def text_of(pdf: bytes) -> str:
    return "\n".join(page.extract_text() for page in pypdf.PdfReader(BytesIO(pdf)).pages)


def joined(text: str) -> str:
    return "".join(text.split())


@pytest.mark.parametrize("language", ["zh_CN", "en"])
def test_the_day_names_what_is_to_be_done(language: str, poppler: Callable[..., str]) -> None:
    callback = item(1, "刘洋", kind="call_back", at=time(15, 30), amount=None)
    broken = item(3, "周伟", state=msg("broken"), day=TODAY - timedelta(days=4))
    pdf = papers(language).day_plan(week([callback, item(2)], [broken]), ())
    for text in (text_of(pdf), poppler(pdf)):
        for part in (*WORDS[language], "15:30", "刘洋", "王晓明", "¥1,234.56", "C0000003"):
            assert joined(part) in joined(text)


def test_the_same_day_gives_the_same_bytes() -> None:
    assert papers("en").day_plan(week([item(1)]), ()) == papers("en").day_plan(week([item(1)]), ())
    assert papers("en").day_plan(week([item(1)]), ()) != papers("en").day_plan(week([item(2)]), ())


@pytest.mark.parametrize(("count", "pages"), [(0, range(1, 2)), (1, range(1, 2)), (500, range(12, 20))])
def test_as_many_pages_as_it_needs(count: int, pages: range) -> None:
    pdf = papers("zh_CN").day_plan(week([item(n) for n in range(count)]), ())
    read = pypdf.PdfReader(BytesIO(pdf))
    assert len(read.pages) in pages
    found = re.findall(r"C\d{7}", text_of(pdf))
    assert sorted(found) == [f"C{n:07}" for n in range(count)]


def test_a_name_of_any_length_and_kind_is_printed() -> None:
    pdf = papers("zh_CN").week_plan(week([item(1, LONG), item(2, "😀 王"), item(3, "=CMD()|' /C calc'!A0")]))
    text = joined(text_of(pdf))
    assert LONG in text
    assert joined("=CMD()|' /C calc'!A0") in text


def test_the_desk_s_own_plan_lists_the_queue_in_its_order(desk: Desk) -> None:
    rows = desk.worklist.queue().rows
    pdf = Papers(desk.seat.person, desk.seat.clock, Translator("zh_CN", ZONE, TODAY), in_full=True).day_plan(
        desk.agenda.week(TODAY), rows
    )
    text = text_of(pdf)
    due = {item.number for day in desk.agenda.week(TODAY).days if day.day == TODAY for item in day.items if item.open}
    queue = [row.number for row in rows if row.number not in due and not row.idle and not row.worked_today]
    found = [number for number in re.findall(r"XYK-2026-\d{4}", text) if number not in due]
    assert found == queue[:QUEUE_ROWS]
    assert "138000" not in text  # no telephone number is on it


@pytest.mark.parametrize("language", ["zh_CN", "en"])
@pytest.mark.parametrize("left", [0, 1, 20, 900])
def test_the_shift_report_is_one_page_whatever_is_left(language: str, left: int) -> None:
    figures = dict.fromkeys(FIGURES, 7)
    still = tuple(OpenItem(str(n), f"C{n:07}", "王晓明", msg("Notes were begun and not saved.")) for n in range(left))
    closed = DayClosed(still, figures, Money(500_000, "CNY"), datetime(2026, 11, 23, 10, 0, tzinfo=UTC))
    pdf = papers(language).shift_report(closed, SYNCED)
    read = pypdf.PdfReader(BytesIO(pdf))
    assert len(read.pages) == 1
    text = joined(text_of(pdf))
    shown = len(re.findall(r"C\d{7}", text))
    assert shown == left if left < 21 else 20 <= shown < left
    if shown < left:
        assert str(left - shown) in text
    assert "¥5,000.00" in text
    assert "18:00" in text  # the desk's own time


def queue_row(number: int, light: Light, **changes: object) -> QueueRow:
    made = {
        "case_id": str(number), "number": f"C{number:07}", "name": "王晓明", "owed": Money(1_000_000, "CNY"),
        "stage": "m2", "days_past_due": 40, "reason": msg("New case · not yet contacted"), "score": 1.0, "parts": (),
        "filters": frozenset(), "light": light, **changes,
    }  # fmt: skip
    return QueueRow(**made)  # type: ignore[arg-type]


@pytest.mark.parametrize("language", ["zh_CN", "en"])
def test_the_day_says_when_each_case_may_be_contacted(language: str) -> None:
    shut = Light("block", msg("Not now · opens {time}", time="12:00"))
    callback = item(1, kind="call_back", at=time(15, 30), amount=None)
    rows = [queue_row(1, shut), queue_row(2, shut)]
    text = joined(text_of(papers(language).day_plan(week([callback]), rows)))
    assert text.count("12:00") == 2, "of the appointment and of the queue's case"
    assert text.count(joined(Translator(language, ZONE, TODAY).say(shut.phrase))) == 2


def test_more_of_the_queue_than_a_day_holds_is_counted() -> None:
    rows = [queue_row(n, Light("allow", msg("May contact"))) for n in range(QUEUE_ROWS + 7)]
    text = text_of(papers("en").day_plan(week([]), rows))
    assert len(re.findall(r"C\d{7}", text)) == QUEUE_ROWS
    assert "… and 7 more" in text
    read = text_of(
        papers("en").day_plan(week([]), [replace(row, worked_today=True) for row in rows[:20]] + rows[20:30])
    )
    assert len(re.findall(r"C\d{7}", read)) == 10, "what was worked today is done"


@pytest.mark.parametrize("language", ["zh_CN", "en"])
@pytest.mark.parametrize("count", [0, 1, 500])
def test_the_week_has_seven_days_and_every_entry_once(language: str, count: int) -> None:
    entries = [item(n, day=TODAY + timedelta(days=n % 7)) for n in range(count)]
    days = [TODAY + timedelta(days=n) for n in range(7)]
    found = Week(
        tuple(
            Day(day, of, len(of), Money(123_456 * len(of), "CNY") if of else None)
            for day in days
            for of in (tuple(entry for entry in entries if entry.day == day),)
        ),
        (),
        TODAY,
    )
    text = text_of(papers(language).week_plan(found))
    assert sorted(re.findall(r"C\d{7}", text)) == [f"C{n:07}" for n in range(count)]
    translator = Translator(language, ZONE, TODAY)
    for day in found.days:
        assert joined(translator.day(day.day)) in joined(text)
        if day.due is not None:
            assert joined(f"{translator.money(day.due)}") in joined(text)
    assert text.count("□") == count


@pytest.mark.parametrize("language", ["zh_CN", "en"])
def test_the_shift_report_says_how_it_is_synchronised(language: str) -> None:
    head = SyncHead(
        msg("Signed in; not synchronised yet"), "bad", msg("The store could not be read."), msg("Nothing is left open.")
    )
    closed = DayClosed((), dict.fromkeys(FIGURES, 0), None, datetime(2026, 11, 23, 10, 0, tzinfo=UTC))
    text = joined(text_of(papers(language).shift_report(closed, head)))
    translator = Translator(language, ZONE, TODAY)
    for part in (head.text, head.detail, head.advice):
        assert part is not None
        assert joined(translator.say(part)) in text


def test_no_name_takes_the_page_of_the_shift_report() -> None:
    still = tuple(
        OpenItem(str(n), f"C{n:07}", "阿" * 20_000 if n == 0 else "😀" * 500, msg("{amount}", amount="x " * 900))
        for n in range(500)
    )
    closed = DayClosed(
        still, dict.fromkeys(FIGURES, 10**9), Money(10**15, "CNY"), datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
    )
    person = replace(PERSON, name="陈" * 5_000)
    pdf = Papers(person, CLOCK, Translator("zh_CN", ZONE, TODAY), in_full=True).shift_report(closed, SYNCED)
    assert len(pypdf.PdfReader(BytesIO(pdf)).pages) == 1
    shown = len(re.findall(r"C\d{7}", text_of(pdf)))
    assert shown > 3
    assert str(500 - shown) in text_of(pdf)


def test_a_paper_of_the_practice_says_so() -> None:
    pdf = Papers(PERSON, CLOCK, Translator("en", ZONE, TODAY), practice=True).day_plan(week([item(1)]), ())
    assert "made-up debtors" in text_of(pdf)
    assert "made-up debtors" not in text_of(papers("en").day_plan(week([item(1)]), ()))


def test_without_a_reason_names_are_masked_and_the_paper_knows_its_cases() -> None:
    paper = Papers(PERSON, CLOCK, Translator("zh_CN", ZONE, TODAY))
    named = item(1, "欧阳慕容")
    text = joined(text_of(paper.day_plan(week([named, item(2, "王晓明")]), ())))
    assert "欧***" in text
    assert "王**" in text
    assert "欧阳" not in text
    assert "晓明" not in text
    assert paper.fields == ()
    assert set(paper.case_ids) == {named.case_id, item(2).case_id}
    assert papers("en").fields == ("name",)
    paper.week_plan(week([]))
    assert paper.case_ids == (), "of the paper made last"
