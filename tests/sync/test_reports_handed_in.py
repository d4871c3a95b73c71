"""A report handed in from a seat reaches its lead's; without the centre nothing is lost and it is said why."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.sync.conftest import SeatMaker
from workstation.desk.indicators import Indicators
from workstation.desk.report import Reports, ReportWanted
from workstation.desk.report_handing import ReportHanding
from workstation.desk.seat import Seat
from workstation.domain.errors import InputError
from workstation.sync.link import Unreachable, connect
from workstation.sync.server import Server


def reports(seat: Seat) -> Reports:
    return Reports(seat, Indicators(seat))


def test_from_a_seat_to_its_lead_once(seat_of: SeatMaker, book: list[str]) -> None:
    li, chen = seat_of("li.na"), seat_of("chen.jie")
    li.sync()
    li.write(book[0], "x")
    today = li.seat.clock.today()
    report = reports(li.seat).report(ReportWanted("daily", today))
    handing = ReportHanding(li.seat, li.link)
    assert handing.offered(report)
    said = handing.hand_in(report, " 三件已联系。\n一件投诉。 ")
    assert handing.hand_in(report, "三件已联系。\n一件投诉。") == said, "the same is handed in once"
    lead = replace(chen.seat, person=replace(chen.seat.person, role="lead"))
    [found] = ReportHanding(lead, chen.link).handed_in(ReportWanted("daily", today))
    assert (found.person, found.words, found.figures) == ("李娜", "三件已联系。\n一件投诉。", dict(report.done))
    assert handing.hand_in(report, "他说打 139 7777-6666 找他。")
    for role, read in (("lead", "他说打 139 **** 6666 找他。"), ("admin", "****")):
        watching = replace(chen.seat, person=replace(chen.seat.person, role=role))
        newest, _ = ReportHanding(watching, chen.link).handed_in(ReportWanted("daily", today))
        assert newest.words == read
    assert not ReportHanding(lead, chen.link).offered(reports(lead).report(ReportWanted("daily", today)))


def test_without_the_centre_it_says_so(seat_of: SeatMaker) -> None:
    li = seat_of("li.na")
    report = reports(li.seat).report(ReportWanted("daily", li.seat.clock.today()))
    nowhere = ReportHanding(li.seat, lambda: connect(Server("127.0.0.1", 1, "none"), "li.na", "x"))
    with pytest.raises(Unreachable):
        nowhere.hand_in(report, "x")
    with pytest.raises(InputError, match="at most"):
        nowhere.hand_in(report, "x" * 20_001)
