"""Every page of a lead, filled: a team with work, what waits for a decision in long words, a review half written."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

from PySide6.QtCore import QItemSelectionModel

from tests.ui.sample_book import HE, SAMPLES, TEAM, WANG
from tests.ui.sample_desk import StillSync, open_desk
from tests.ui.sample_team import LI, SUN, add_team
from tests.ui.steps import Steps
from ui.approvals.page import ApprovalsPage
from ui.coaching.page import CoachingPage
from ui.conduct.page import ConductPage
from ui.indicators.page import IndicatorsPage
from ui.reports.page import ReportsPage
from ui.strategy.page import StrategyPage
from ui.team.page import TeamPage
from ui.team.reassign import Reassign
from workstation.desk.seat import Person, Seat
from workstation.desk.views import CallForm
from workstation.domain.changes import Changes
from workstation.domain.events import Contact
from workstation.domain.strategy_trial import ArmOutcome, Share
from workstation.session import Desk
from workstation.sync.server import Server

P = TypeVar("P")
LONG = (
    "住院三个月，收入减半，家中有两位老人需要照顾，配偶失业，已向两家银行提交困难说明，医院的证明与工资流水在附件中；"
    "愿意从下月起每月还款，并请求减免全部违约金和部分利息。"
    "Three months in hospital, income halved, two parents to look after."
)
THREAT = "再不还钱就让你坐牢"


def lead_desk(folder: Path) -> Desk:
    """何琳's, over the store in which 陈静 has proposed, promised and called."""
    desk = open_desk(folder)
    add_team(desk)
    desk.announce(Changes(everything=True))
    form = replace(desk.plan.start(), waive_interest="5000", waive_penalty="100%", circumstances=LONG)
    desk.plan.propose(WANG.id, form)
    desk.plan.propose(SAMPLES[3].id, replace(desk.plan.start(), waive_principal="5%", circumstances=LONG))
    liu = SAMPLES[3]
    promise = CallForm(
        contact_point=liu.part("mobile"), outcome="promise_to_pay", identity=["full_name", "id_tail"], amount="100",
        due="+3", reason="forgot",
    )  # fmt: skip
    desk.announce(desk.call.save(liu.id, promise))
    for place, sample in enumerate(SAMPLES):
        words = THREAT if place % 3 == 0 else "客户说下周发工资后还款"
        desk.seat.record(sample.id, Contact(party="debtor", note=words), channel="call", outcome="no_answer")
    seat = Seat(desk.seat.store, Person(HE, "helin", "何琳", "lead", TEAM, "信用卡一组"), desk.seat.device,
                desk.seat.clock)  # fmt: skip
    desk = Desk(Server("127.0.0.1", 1, "sample"), "", seat, online=True)
    desk.sync.close()
    desk.sync = StillSync()  # type: ignore[assignment]  # the same methods
    desk.strategies.trials = outcomes  # type: ignore[method-assign]  # a quarter of contacts is not recorded here
    return desk


def outcomes() -> tuple[ArmOutcome, ...]:
    """Of a split after some weeks."""
    arms = {"A": (412, 96, 31, 3), "B": (398, 131, 44, 2)}
    return tuple(
        ArmOutcome("sms-first", arm, cases, {
            "right_party_rate": Share(spoken, 3 * cases), "promise_rate": Share(promised, spoken),
            "complaint_rate": Share(complained, 3 * cases),
        })
        for arm, (cases, spoken, promised, complained) in arms.items()
    )  # fmt: skip


def filled_pages(steps: Steps) -> Iterator[str]:
    """The name of each state, while the window shows it."""
    for page in (_team, _approvals, _indicators, _reports, _coaching, _strategy, _conduct):
        for name in page(steps):
            steps.settle()
            yield name


def _team(steps: Steps) -> Iterator[str]:
    steps.key("Shift+F9")
    page = _page(steps, TeamPage)
    steps.until(lambda: page.board is not None and not page.reading and page._figures is not None, "the board is read")
    yield "team"
    page.show_cases()
    steps.until(lambda: bool(page.cases.rows), "the cases are read")
    yield "team, cases"
    _on(page, LI)
    page.edit()
    yield "team, staff"
    work = steps.window.findChild(Reassign)
    assert work is not None
    page.table.setFocus()
    steps.key("B")
    steps.until(lambda: work.shown is not None, "the loads are made even")
    yield "team, rebalance"
    _on(page, SUN)
    page.table.setFocus()
    steps.key("L")
    work.until.set_text("+10")
    steps.until(lambda: work.shown is not None and work.shown.choice.until is not None, "the leave is shared out")
    yield "team, leave"


def _approvals(steps: Steps) -> Iterator[str]:
    steps.key("Shift+F8")
    page = _page(steps, ApprovalsPage)
    steps.until(lambda: not page.reading and bool(page.card.table.rows), "what waits is read")
    yield "approvals"
    steps.key("L")
    yield "approvals, lending"


def _indicators(steps: Steps) -> Iterator[str]:
    steps.key("Shift+F10")
    page = _page(steps, IndicatorsPage)
    steps.until(lambda: page.card is not None, "the figures are counted")
    page.drill("average_due")
    yield "indicators"
    page.pictures.count_trend()
    steps.until(lambda: bool(page.pictures.trend), "the periods before are counted")
    yield "indicators, trend"


def _reports(steps: Steps) -> Iterator[str]:
    steps.key("Shift+F11")
    page = _page(steps, ReportsPage)
    steps.until(lambda: page.report is not None, "the report is counted")
    page.indicators.all.table.setCurrentIndex(page.indicators.all.table.model().index(3, 0))
    yield "reports"


def _coaching(steps: Steps) -> Iterator[str]:
    steps.key("Shift+F6")
    page = _page(steps, CoachingPage)
    page.person.setCurrentIndex(page.person.findText("陈静"))
    steps.until(lambda: not page.reading and page.chosen is not None, "the sample is taken")
    for combo in page.form.points.values():
        combo.setCurrentIndex(3)
    next(iter(page.form.fatal.values())).setChecked(True)
    page.form.note.setPlainText(LONG)
    yield "coaching"


def _strategy(steps: Steps) -> Iterator[str]:
    steps.key("F7")
    page = _page(steps, StrategyPage)
    page.start()
    steps.until(lambda: not page.trying and not page.trials.isHidden(), "it was tried")
    yield "strategy"


def _conduct(steps: Steps) -> Iterator[str]:
    steps.key("F8")
    page = _page(steps, ConductPage)
    steps.until(lambda: not page.reading, "the contacts are judged")
    yield "conduct"


def _page(steps: Steps, kind: type[P]) -> P:
    found = steps.window.pages.currentWidget()
    assert isinstance(found, kind)
    return found


def _on(page: TeamPage, person: str) -> None:
    """The keyboard is on somebody's line."""
    place = [row.person_id for row in page.table.rows].index(person)
    flag = QItemSelectionModel.SelectionFlag.NoUpdate
    page.table.selectionModel().setCurrentIndex(page.table.board.index(place, 0), flag)
