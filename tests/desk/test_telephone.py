"""The desk's telephone: what the gate forbids reaches none, whoever asks; what it tells moves the line."""

from __future__ import annotations

import logging
import queue
import threading
from collections.abc import Callable, Iterator
from datetime import time, timedelta
from pathlib import Path

import pytest

from tests.security.memory_keyring import MemoryKeyring
from tests.telephony.pbx import SECRET, Pbx
from tests.ui.sample_book import HOSTILE, SAMPLES, WANG
from tests.ui.sample_desk import open_desk
from workstation import settings
from workstation.desk.doctor import examine
from workstation.desk.telephone import Line, NotAllowed
from workstation.desk.views import CallForm
from workstation.domain.errors import WorkstationError
from workstation.security.credentials import Credentials
from workstation.session import Desk
from workstation.settings import Telephone
from workstation.telephony.adapter import DiallingFailed

LIU, LI = SAMPLES[3], SAMPLES[1]
LONGEST_WAIT = 30.0  # seconds; a bound for a failing test


@pytest.fixture
def pbx() -> Iterator[Pbx]:
    made = Pbx()
    yield made
    made.close()


@pytest.fixture
def desk(tmp_path: Path, pbx: Pbx) -> Iterator[Desk]:
    made = open_desk(tmp_path / "seat")
    made.telephone.choose(Telephone(way="http", url=pbx.url, extension="801"), SECRET)
    yield made
    made.close()


class Heard:
    """What the line told, in order, from whichever thread."""

    def __init__(self, desk: Desk) -> None:
        self._lines: queue.Queue[Line] = queue.Queue()
        desk.telephone.changed = self._lines.put

    def next(self) -> Line:
        return self._lines.get(timeout=LONGEST_WAIT)

    def nothing_more(self) -> bool:
        return self._lines.empty()


def by_tel(desk: Desk) -> list[str]:
    opened: list[str] = []

    def opener(url: str) -> bool:
        opened.append(url)
        return True

    desk.telephone.open_url = opener
    desk.telephone.choose(Telephone(way="tel"))
    return opened


def test_a_call_is_dialled_followed_and_hung_up(desk: Desk, pbx: Pbx) -> None:
    heard = Heard(desk)
    line = desk.telephone.dial(LIU.id, LIU.part("mobile"))
    assert line.state == "dialling"
    assert heard.next().state == "ringing"
    [sent] = pbx.dialled
    assert (sent["number"], sent["extension"]) == ("+8613600004321", "801")
    pbx.calls[sent["id"]], pbx.seconds = "answered", 0.5
    answered = heard.next()
    assert answered.state == "answered"
    assert answered.answered_at is not None
    assert answered.began_at <= answered.answered_at <= desk.now()
    pbx.calls[sent["id"]] = "ended"
    ended = heard.next()
    assert (ended.state, ended.live) == ("ended", False)
    assert ended.ended_at is not None
    assert ended.ended_at >= answered.answered_at
    assert heard.nothing_more()


def test_hanging_up_reaches_the_telephone(desk: Desk, pbx: Pbx) -> None:
    heard, done = Heard(desk), threading.Event()
    desk.telephone.dial(LIU.id, LIU.part("mobile"))
    assert heard.next().state == "ringing"
    answer = pbx.answer

    def noticing(method: str, *rest: object) -> tuple[int, object]:
        said = answer(method, *rest)  # type: ignore[arg-type]
        if method == "DELETE":
            done.set()
        return said

    pbx.answer = noticing  # type: ignore[method-assign,assignment]
    desk.telephone.hang_up(LI.id)
    assert desk.telephone.line is not None
    assert desk.telephone.line.live, "another case's call is not hung up"
    desk.telephone.hang_up(LIU.id)
    assert done.wait(LONGEST_WAIT)
    assert pbx.hung_up == [pbx.dialled[0]["id"]]
    assert not desk.telephone.line.live


def test_what_was_on_its_way_when_the_person_hung_up_changes_nothing(desk: Desk, pbx: Pbx) -> None:
    posted: queue.Queue[Callable[[], None]] = queue.Queue()
    desk.post = posted.put
    desk.telephone.dial(LIU.id, LIU.part("mobile"))
    posted.get(timeout=LONGEST_WAIT)()
    pbx.calls[pbx.dialled[0]["id"]] = "answered"
    answered = posted.get(timeout=LONGEST_WAIT)
    desk.telephone.hang_up(LIU.id)
    answered()
    assert desk.telephone.line is not None
    assert (desk.telephone.line.state, desk.telephone.line.answered_at) == ("ended", None)


# ---- the gate ----


@pytest.mark.parametrize("way", ["http", "tel"])
def test_what_the_gate_blocks_reaches_no_telephone(tmp_path: Path, pbx: Pbx, way: str) -> None:
    """At 22:40 nobody is called; the reason of an override changes nothing here."""
    desk = open_desk(tmp_path / "late", at=time(22, 40))
    opened = by_tel(desk)
    if way == "http":
        desk.telephone.choose(Telephone(way="http", url=pbx.url, extension="801"), SECRET)
    assert desk.call.begin(LIU.id, LIU.part("mobile")).verdict == "block"
    for reason in ("", "asked to"):
        with pytest.raises(NotAllowed):
            desk.telephone.dial(LIU.id, LIU.part("mobile"), reason)
        with pytest.raises(NotAllowed):
            desk.telephone.dial_by_hand(LIU.id, LIU.part("mobile"), reason)
    assert desk.telephone.line is None
    assert (pbx.asked, opened) == ([], [])
    assert not [entry for entry in desk.seat.file(LIU.id).events if entry.kind == "reveal"]
    desk.close()


def test_the_gate_is_asked_at_every_dialling_not_once(desk: Desk, pbx: Pbx) -> None:
    """A light that was green for the window is asked again: the day's attempts are used up by then."""
    desk.telephone.choose(Telephone(way="tel"))
    opened = by_tel(desk)
    desk.telephone.dial(LIU.id, LIU.part("mobile"))
    for _ in range(12):
        form = CallForm(contact_point=LIU.part("mobile"), outcome="no_answer", override_reason="asked to")
        desk.call.save(LIU.id, form)
        if desk.call.begin(LIU.id, LIU.part("mobile")).verdict != "allow":
            break
    with pytest.raises(NotAllowed):
        desk.telephone.dial(LIU.id, LIU.part("mobile"))
    assert len(opened) == 1


def test_a_warning_wants_a_reason(desk: Desk) -> None:
    opened = by_tel(desk)
    point = next(
        (row.id for case in SAMPLES for row in desk.casefile.open(case.id).points if row.light.verdict == "warn"), None
    )
    case = next(case for case in SAMPLES if point in {row.id for row in desk.casefile.open(case.id).points})
    assert point is not None
    with pytest.raises(NotAllowed) as caught:
        desk.telephone.dial(case.id, point, "  ")
    assert caught.value.field == "override_reason"
    assert opened == []
    desk.telephone.dial(case.id, point, "he asked to be called there")
    assert len(opened) == 1


def test_what_is_no_telephone_or_of_another_case_is_not_dialled(desk: Desk, pbx: Pbx) -> None:
    for point in (WANG.part("mail"), WANG.part("home"), LIU.part("mobile"), "", "nothing"):
        with pytest.raises(WorkstationError):
            desk.telephone.dial(WANG.id, point, "reason")
        with pytest.raises(WorkstationError):
            desk.telephone.dial_by_hand(WANG.id, point, "reason")
    assert pbx.asked == []
    assert "reveal" not in {event.kind for event in desk.seat.file(WANG.id).events}


# ---- failures ----


@pytest.mark.parametrize(("status", "unsure"), [(401, False), (409, False), (500, True)])
def test_a_failure_says_why_and_the_call_is_not_begun(desk: Desk, pbx: Pbx, status: int, unsure: bool) -> None:
    heard, pbx.status = Heard(desk), status
    desk.telephone.dial(LIU.id, LIU.part("mobile"))
    line = heard.next()
    assert (line.state, line.unsure) == ("failed", unsure)
    assert line.problem is not None
    _, number = desk.telephone.dial_by_hand(LIU.id, LIU.part("mobile"))
    assert number == LIU.phone


def test_after_a_lost_answer_the_repeat_is_the_same_call(desk: Desk, pbx: Pbx) -> None:
    heard, pbx.body = Heard(desk), b"lost"
    desk.telephone.dial(LIU.id, LIU.part("mobile"))
    assert heard.next().unsure
    pbx.body = None
    desk.telephone.dial(LIU.id, LIU.part("mobile"))
    assert heard.next().state == "ringing"
    assert len(pbx.dialled) == 1


def test_a_minute_after_a_lost_answer_it_is_a_new_call(desk: Desk, pbx: Pbx) -> None:
    heard, pbx.body = Heard(desk), b"lost"
    desk.telephone.dial(LIU.id, LIU.part("mobile"))
    assert heard.next().unsure
    pbx.body = None
    desk.seat.clock.shift += timedelta(seconds=61)
    desk.telephone.dial(LIU.id, LIU.part("mobile"))
    assert heard.next().state == "ringing"
    assert len(pbx.dialled) == 2


def test_a_certain_refusal_and_the_next_try_are_two_calls(desk: Desk, pbx: Pbx) -> None:
    heard, pbx.status = Heard(desk), 409
    desk.telephone.dial(LIU.id, LIU.part("mobile"))
    assert not heard.next().unsure
    pbx.status = 0
    desk.telephone.dial(LIU.id, LIU.part("mobile"))
    assert heard.next().state == "ringing"
    assert len({body["id"] for _, _, _, body in pbx.asked if body}) == 2


def test_a_locked_keyring_is_said_and_nothing_is_sent(desk: Desk, pbx: Pbx, memory_keyring: MemoryKeyring) -> None:
    heard, memory_keyring.locked = Heard(desk), True
    desk.telephone.dial(LIU.id, LIU.part("mobile"))
    line = heard.next()
    assert line.state == "failed"
    assert "keyring is locked" in str(line.problem.plain() if line.problem else "")
    assert pbx.asked == []


def test_no_second_call_while_one_goes_on(desk: Desk, pbx: Pbx) -> None:
    heard = Heard(desk)
    desk.telephone.dial(LIU.id, LIU.part("mobile"))
    assert heard.next().state == "ringing"
    with pytest.raises(DiallingFailed):
        desk.telephone.dial(LI.id, LI.part("mobile"))
    desk.telephone.let_go(LIU.id)
    desk.telephone.dial(LI.id, LI.part("mobile"))
    assert heard.next().state == "ringing"
    assert pbx.hung_up == [], "recording notes hangs nothing up"


def test_a_case_that_was_left_while_it_was_dialled_is_hung_up(desk: Desk, pbx: Pbx) -> None:
    heard, done, pbx.hold = Heard(desk), threading.Event(), threading.Event()
    answer = pbx.answer

    def noticing(method: str, *rest: object) -> tuple[int, object]:
        said = answer(method, *rest)  # type: ignore[arg-type]
        if method == "DELETE":
            done.set()
        return said

    pbx.answer = noticing  # type: ignore[method-assign,assignment]
    desk.telephone.dial(LIU.id, LIU.part("mobile"))
    desk.telephone.let_go(LIU.id)
    pbx.hold.set()
    assert done.wait(LONGEST_WAIT)
    assert len(pbx.dialled) == len(pbx.hung_up) == 1
    assert heard.nothing_more(), "the notes of that call are closed"


# ---- what nobody may read ----


def test_dialling_by_a_telephone_shows_no_number_and_by_hand_is_recorded(desk: Desk) -> None:
    heard = Heard(desk)
    desk.telephone.dial(LIU.id, LIU.part("mobile"))
    assert heard.next().state == "ringing"
    kinds = [event.kind for event in desk.seat.file(LIU.id).events]
    assert "reveal" not in kinds
    desk.telephone.let_go(LIU.id)
    line, number = desk.telephone.dial_by_hand(LIU.id, LIU.part("mobile"))
    assert (number, line.call, line.state) == (LIU.phone, None, "ringing")
    assert [event.kind for event in desk.seat.file(LIU.id).events].count("reveal") == 1


def test_no_number_and_no_secret_in_logs_or_settings(
    desk: Desk, pbx: Pbx, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    heard = Heard(desk)
    for status in (0, 500, 409):
        pbx.status = status
        line = desk.telephone.dial(LIU.id, LIU.part("mobile"))
        told = heard.next()
        assert LIU.phone not in repr(line) + repr(told)
        desk.telephone.let_go(LIU.id)
    written = caplog.text + "".join(capfd.readouterr())
    assert "dialling failed" in written, "or nothing was looked at"
    assert not [word for word in (LIU.phone, SECRET) if word in written]
    assert SECRET not in settings.settings_file().read_text()


# ---- settings ----


def test_the_secret_belongs_to_its_address(desk: Desk, pbx: Pbx, memory_keyring: MemoryKeyring) -> None:
    desk.telephone.test()
    assert list(memory_keyring.entries().values()) == [SECRET]
    other = Pbx()
    desk.telephone.choose(Telephone(way="http", url=other.url, extension="801"))
    with pytest.raises(DiallingFailed) as caught:
        desk.telephone.test()
    assert caught.value.field == "secret"
    other.close()
    assert other.asked == []
    assert memory_keyring.entries() == {}, "the one of the address that is gone is forgotten"


@pytest.mark.parametrize(
    ("wanted", "field"),
    [
        (Telephone(way="http", url="http://pbx.example.org"), "url"),
        (Telephone(way="sip", sip_domain="a b"), "sip_domain"),
        (Telephone(way="tel", extension="8 01"), "extension"),
    ],
)
def test_what_cannot_work_is_not_kept(desk: Desk, wanted: Telephone, field: str) -> None:
    before = desk.telephone.chosen()
    with pytest.raises(DiallingFailed) as caught:
        desk.telephone.choose(wanted, "secret")
    assert caught.value.field == field
    assert desk.telephone.chosen() == before


def test_settings_that_were_broken_by_hand_are_said_at_dialling(desk: Desk) -> None:
    settings.save(settings.Settings(telephone=Telephone(way="http", url="http://pbx.example.org", extension="801")))
    with pytest.raises(DiallingFailed):
        desk.telephone.dial(LIU.id, LIU.part("mobile"))
    settings.save(settings.Settings())
    with pytest.raises(DiallingFailed, match="by hand"):
        desk.telephone.dial(LIU.id, LIU.part("mobile"))


def test_a_number_nobody_could_dial_is_left_to_the_person(desk: Desk, pbx: Pbx) -> None:
    with desk.seat.store.write() as conn:
        conn.exec_driver_sql(
            "UPDATE contact_point SET value = '13600004321;phone-context=+1' WHERE id = ?", (LIU.part("mobile"),)
        )
    with pytest.raises(DiallingFailed):
        desk.telephone.dial(LIU.id, LIU.part("mobile"))
    assert pbx.asked == []
    assert desk.telephone.dial_by_hand(LIU.id, LIU.part("mobile"))[1].startswith("13600004321")


def test_the_doctor_asks_the_telephone(desk: Desk, pbx: Pbx) -> None:
    def found() -> tuple[str, str]:
        finding = next(one for one in examine(open_keyring=Credentials) if one.name == "telephone")
        assert SECRET not in finding.message.plain()
        return finding.state, finding.message.plain()

    assert found() == ("ok", "The telephone system answers and would dial.")
    pbx.status = 401
    assert found()[0] == "bad"
    assert pbx.dialled == []
    desk.telephone.choose(Telephone(way="sip", sip_domain="sip.example.org"))
    assert found() == ("ok", "Calls go to what opens sip: on this computer.")
    settings.save(settings.Settings())
    assert found() == ("ok", "Calls are dialled by hand.")


def test_a_name_with_markup_is_dialled_like_any_other(desk: Desk) -> None:
    sample = next(one for one in SAMPLES if one.name == HOSTILE)
    opened = by_tel(desk)
    desk.telephone.dial(sample.id, sample.part("mobile"), "reason")
    assert opened == ["tel:+8613100008642"]
