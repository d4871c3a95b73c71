"""The values of the synchronisation page: words for every state, records with reason and advice, who decided what."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from local_db import outbox, sync_log
from local_db.sync_log import LogLine
from tests.ui.sample_book import SAMPLES
from tests.ui.sample_sync import fill_sync, statuses
from workstation.central.refusals import EVENTS
from workstation.desk.letter_form import LetterForm
from workstation.desk.synchronising import MOST_WAITING
from workstation.desk.views import SyncStatus
from workstation.domain.message import msg
from workstation.i18n import Translator
from workstation.session import Desk
from workstation.sync.doing import Doing


def test_waiting_records_stand_in_the_order_they_leave_without_what_they_say(desk: Desk) -> None:
    left, _ = fill_sync(desk)
    lists = desk.synchronising.lists()
    assert [row.id for row in lists.waiting] == [event.id for event in left]
    assert [(row.number, row.name, row.kind.plain()) for row in lists.waiting] == [
        ("XYK-2026-0003", "张建国", "Note"),
        ("XYK-2026-0004", "刘洋", "call · no_answer"),
        ("XYK-2026-0005", "陈桂兰", "Promise"),
        ("XYK-2026-0006", "赵磊", "Note"),
    ]
    assert lists.waiting_more == 0
    assert "13800006620" not in repr(lists)


def test_of_many_waiting_records_the_first_are_shown_and_the_rest_counted(desk: Desk) -> None:
    fill_sync(desk, waiting=MOST_WAITING + 7)
    lists = desk.synchronising.lists()
    assert (len(lists.waiting), lists.waiting_more) == (MOST_WAITING, 7)


def test_refused_records_say_why_and_what_to_do_and_wait_again_when_tried(desk: Desk) -> None:
    _, refused = fill_sync(desk)
    rows = desk.synchronising.lists().refused
    assert [row.id for row in rows] == [event.id for event in refused]
    assert [row.reason for row in rows] == [EVENTS["not_assigned"], EVENTS["bad_hash"]]
    assert all(row.advice is not None for row in rows)
    assert desk.synchronising.retry([rows[0].id])
    lists = desk.synchronising.lists()
    assert lists.waiting[0].id == rows[0].id, "in its old place, before what was written later"
    assert [row.id for row in lists.refused] == [rows[1].id]
    assert not desk.synchronising.retry([rows[0].id, "not there"]), "nothing of these is refused"


def test_only_what_is_refused_waits_again(desk: Desk) -> None:
    left, refused = fill_sync(desk)
    with desk.seat.store.write() as conn:
        assert outbox.retry_refused(conn, [left[0].id, refused[1].id]) == 1
        assert {one: reason for one, reason in outbox.fates(conn).items() if reason} == {refused[0].id: "not_assigned"}


def test_a_reason_of_a_newer_centre_is_shown_as_unknown(desk: Desk) -> None:
    _, refused = fill_sync(desk)
    with desk.seat.store.write() as conn:
        outbox.refused(conn, {refused[0].id: "of_next_year"})
    row = desk.synchronising.lists().refused[0]
    assert row.reason is not None
    assert "does not know" in row.reason.plain()
    assert row.advice is not None


def test_what_others_decided_says_who_and_what_newest_first(desk: Desk) -> None:
    fill_sync(desk)
    rows = desk.synchronising.lists().decided
    assert {row.text.plain() for row in rows[:2]} == {
        "何琳 rejected the plan of case XYK-2026-0004",
        "何琳 gave you case XYK-2026-0006, from 孙强",
    }
    assert (rows[2].text.plain(), rows[2].name, rows[2].reason) == (
        "何琳 gave you case XYK-2026-0001, from 孙强",
        "王晓明",
        "均衡案量",
    )
    assert [row.at for row in rows] == sorted((row.at for row in rows), reverse=True)


def test_the_log_is_in_words_newest_first(desk: Desk) -> None:
    fill_sync(desk)
    rows = desk.synchronising.lists().log
    assert [(row.result.plain(), row.tone, row.sent, row.received) for row in rows] == [
        ("The centre could not be reached", "bad", 0, 0),
        ("The line broke", "bad", 500, 0),
        ("2 records refused", "bad", 2, 0),
        ("Exchanged", "good", 0, 230),
        ("Exchanged", "good", 12, 14),
        ("Nothing new", "neutral", 0, 0),
        ("Exchanged", "good", 0, 48_210),
    ]
    assert (rows[3].cases_in, rows[3].cases_out, rows[3].seconds) == (3, 1, pytest.approx(0.48))
    assert rows[0].seconds is None, "the line stands for many"
    with desk.seat.store.write() as conn:
        at = datetime.now(UTC)
        sync_log.append(conn, LogLine(at, at, "WS099"))
    assert desk.synchronising.lists().log[0].result.plain() == "Failed (WS099)"


@pytest.mark.parametrize("name", list(statuses()))
def test_every_state_has_one_sentence_with_since_when(desk: Desk, name: str) -> None:
    head = desk.synchronising.head(statuses()[name])
    said = Translator("en", desk.seat.clock.zone).say(head.text)
    expected = {
        "synced": "Everything is synchronised as of 10:2",
        "offline": "Offline since 09:4",
        "syncing": "Synchronising since 10:2",
        "failed": "Failing since 09:4",
        "spoilt": "Synchronised 10:2",
        "held": "Synchronised 10:2",
        "stranger": "Offline since 09:4",
    }
    assert said.startswith(expected[name]), "as the clock of the desk shows it"
    assert (head.next_in is not None) == (name in {"offline", "failed", "stranger"})
    assert (head.detail is not None, head.advice is not None) == (name not in {"synced", "syncing"},) * 2
    assert head.running == (name == "syncing")


def test_the_countdown_never_falls_below_zero(desk: Desk) -> None:
    now = datetime.now(UTC)
    status = SyncStatus("offline", None, 0, msg("away"), "unreachable", now, next_try=now - timedelta(hours=1), tries=1)
    assert desk.synchronising.head(status).next_in == 0


def test_another_day_is_named(desk: Desk) -> None:
    status = replace(statuses()["offline"], last_ok=datetime.now(UTC) - timedelta(days=2))
    said = Translator("en", desk.seat.clock.zone, desk.today()).say(desk.synchronising.head(status).text)
    assert "last synchronised Sat 21 Nov, 10:" in said


@pytest.mark.parametrize("state", ["synced", "offline", "failed", "waiting", "syncing"])
def test_before_the_first_synchronisation_there_is_a_sentence_too(desk: Desk, state: str) -> None:
    status = SyncStatus(state, None, 1, code="unreachable", doing=Doing("receiving", 3, 12))  # type: ignore[arg-type]
    head = desk.synchronising.head(status)
    assert head.text.plain()
    assert (head.done, head.total) == ((3, 12) if state == "syncing" else (0, 0))


def test_what_is_recorded_of_letters_waits_under_its_own_name(desk: Desk) -> None:
    case_id = SAMPLES[3].id
    desk.letter_queue.want(case_id, LetterForm("demand", "zh_CN"))
    desk.correspondence.record(case_id, desk.correspondence.preview(case_id, "reminder"))
    letter = desk.seat.file(case_id).events[-1]
    desk.letter_results.returned(case_id, letter.id, "today")
    assert [row.kind.plain() for row in desk.synchronising.lists().waiting] == [
        "Letter for the next batch", "Letter", "What became of a letter",
    ]  # fmt: skip
