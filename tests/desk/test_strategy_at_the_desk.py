"""The strategy at the desk: in step with the case's events, from the house's file, tried before it is adopted."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from local_db import queries
from tests.ui.sample_book import HOSTILE, SAMPLES, TODAY, WANG
from tests.ui.sample_desk import open_desk
from workstation.desk import strategy
from workstation.desk.doctor import examine
from workstation.desk.strategy_editing import Strategies, StrategyNotKept, write_whole
from workstation.desk.views import CallForm, TreatmentView
from workstation.domain.errors import InputError
from workstation.domain.strategy_file import StrategyError, default_text
from workstation.session import Desk

JUDGED = "zh-CN"
SIMPLE = """version = "7"

[[rule]]
id = "late"
when.days_past_due = { from = 31 }
treatment.channel = "letter"
treatment.tone = "formal"
treatment.letter = "demand"
reason.zh_CN = "超过一个月"
reason.en = "More than a month"

[[rule]]
id = "rest"
treatment.channel = "call"
treatment.tone = "friendly"
reason.zh_CN = "其余"
reason.en = "The rest"
"""
TRIAL = """split.id = "sms-first"
split.share = "0.50"
split.treatment.channel = "sms"
split.treatment.tone = "friendly"
"""
FAULTY = SIMPLE.replace('"formal"', '"rude"')


@pytest.fixture
def lead(tmp_path: Path) -> Iterator[Desk]:
    made = open_desk(tmp_path / "lead", role="lead")
    yield made
    made.close()


def put(text: str, name: str = "zh-CN") -> Path:
    file = strategy.house_file(name)
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")
    return file


def treated(desk: Desk, name: str) -> TreatmentView:
    return desk.casefile.open(next(sample.id for sample in SAMPLES if sample.name == name)).treatment


# ---- on the case ----


def test_each_case_says_what_to_do_and_why(desk: Desk) -> None:
    assert {sample.name: treated(desk, sample.name).rule for sample in SAMPLES} == {
        "王晓明": "promise-open",
        "李秀英": "m1-remind",
        "张建国": "m5-m6-settle",
        "刘洋": "first-days",
        "陈桂兰": "disputed",
        "赵磊": "long",
        "黄丽华": "m1-remind",
        "周伟": "m2-negotiate",
        HOSTILE: "m3-m4-plan",
        "欧阳慕容·阿卜杜拉": "long",
    }
    found = treated(desk, "陈桂兰")
    assert found.fault is None
    assert [part.plain() for part in found.parts] == ["No collection contact", "disputes"]
    assert found.reason["en"].startswith("A dispute is open")
    assert [part.plain() for part in found.held] == ["dispute_open"]


def test_it_keeps_in_step_with_what_is_recorded(desk: Desk) -> None:
    liu = SAMPLES[3]
    point = liu.part("mobile")
    assert treated(desk, liu.name).rule == "first-days"
    form = CallForm(contact_point=point, outcome="hardship_claimed", identity=["full_name", "card_tail"],
                    reason="income_lost", note="停工", ability=2, willingness=4)  # fmt: skip
    desk.announce(desk.call.save(liu.id, form))
    assert treated(desk, liu.name).rule == "hardship"
    desk.announce(desk.call.undo(liu.id))
    assert treated(desk, liu.name).rule == "first-days"


def test_the_queue_and_the_case_know_the_same_facts(desk: Desk) -> None:
    with desk.seat.store.read() as conn:
        records = queries.queue_records(conn)
    assert len(records) == len(SAMPLES)
    for record in records:
        whole = desk.seat.file(record.case_id)
        assert strategy.facts_of(record, TODAY) == strategy.facts_of(whole, TODAY)
        assert strategy.treatment(record, TODAY) == strategy.treatment(whole, TODAY)


def test_the_facts_of_a_case(desk: Desk) -> None:
    facts = strategy.facts_of(desk.seat.file(WANG.id), TODAY)
    assert (facts.stage, facts.days_past_due, facts.quadrant) == ("M3", 78, "unable_willing")
    assert facts.case_age == (TODAY - date(2026, 9, 1)).days
    assert facts.days_since_reached == 5
    assert facts.last_outcome == "no_answer"
    assert facts.flags == {"promise_open"}
    assert facts.limitation_left is not None
    assert facts.limitation_left > 700
    assert facts.balance.minor > 4_861_000


# ---- the house's own file ----


def test_a_house_file_decides_at_once_and_the_doctor_names_it(desk: Desk) -> None:
    put(SIMPLE)
    assert treated(desk, "王晓明").rule == "late"
    assert treated(desk, "刘洋").reason["zh_CN"] == "其余"
    said = [found.message.plain() for found in examine() if found.name == "strategy"]
    assert said[0] == "Strategy zh-CN@7"
    assert any("default@" in sentence for sentence in said)  # the other jurisdictions'


def test_a_house_default_serves_every_jurisdiction_without_its_own(desk: Desk) -> None:
    put(SIMPLE, "default")
    assert treated(desk, "王晓明").rule == "late"
    put(SIMPLE.replace('"late"', '"own"'))
    assert treated(desk, "王晓明").rule == "own"
    assert strategy.in_force("en-GB").strategy.name == "default@7"


@pytest.mark.parametrize("data", [FAULTY.encode(), b"", b"\xff\xfe", b"[[rule"], ids=["tone", "empty", "bytes", "toml"])
def test_a_faulty_house_file_gives_way_to_the_default_and_never_silently(desk: Desk, data: bytes) -> None:
    file = put("")
    file.write_bytes(data)
    found = treated(desk, "刘洋")
    assert found.rule == "first-days"
    assert found.fault is not None
    assert "zh-CN.toml" in found.fault.plain()
    told = next(finding for finding in examine() if finding.name == "strategy")
    assert told.state == "bad"
    assert "zh-CN.toml" in told.message.plain()
    assert "The shipped strategy is used meanwhile" in told.message.plain()
    file.write_text(SIMPLE, encoding="utf-8")
    assert treated(desk, "刘洋").fault is None


def test_a_folder_where_the_file_should_be_is_a_fault(desk: Desk) -> None:
    strategy.house_file(JUDGED).mkdir(parents=True)
    found = treated(desk, "刘洋")
    assert (found.rule, found.fault is not None) == ("first-days", True)


# ---- trying, adopting, going back ----


def test_a_dry_run_says_what_would_change_and_changes_nothing(lead: Desk) -> None:
    seen: list[tuple[int, int]] = []
    found = lead.strategies.try_out(JUDGED, SIMPLE, lambda done, total: seen.append((done, total)))
    assert found is not None
    assert (seen[0], seen[-1]) == ((0, 10), (10, 10))
    assert found.cases == len(SAMPLES)
    assert sum(row.before for row in found.counts) == sum(row.after for row in found.counts) == len(SAMPLES)
    letters = next(row for row in found.counts if row.after == 7)
    assert [part.plain() for part in letters.parts] == ["letter", "formal", "demand"]
    assert letters.before == 0
    wang = next(row for row in found.changed if row.case_id == WANG.id)
    assert (wang.old.rule, wang.new.rule, wang.stage) == ("promise-open", "late", "M3")
    assert [part.plain() for part in wang.new.held] == ["days_past_due: 78 (from 31)"]
    assert treated(lead, "王晓明").rule == "promise-open"
    assert not strategy.folder().exists()


def test_the_same_strategy_changes_no_case(lead: Desk) -> None:
    found = lead.strategies.try_out(JUDGED, default_text())
    assert found is not None
    assert found.changed == ()
    assert all(row.before == row.after for row in found.counts)


def test_a_dry_run_may_be_stopped_and_refuses_a_fault(lead: Desk) -> None:
    assert lead.strategies.try_out(JUDGED, SIMPLE, cancelled=lambda: True) is None
    with pytest.raises(StrategyError):
        lead.strategies.try_out(JUDGED, FAULTY)


def test_cases_of_another_jurisdiction_are_left_out(lead: Desk) -> None:
    found = lead.strategies.try_out("en-GB", SIMPLE)
    assert found is not None
    assert (found.cases, found.changed) == (0, ())
    assert lead.strategies.jurisdictions() == (JUDGED,)


def test_what_is_adopted_decides_and_what_was_before_is_kept(lead: Desk) -> None:
    strategies = lead.strategies
    assert strategies.adopt(JUDGED, SIMPLE).everything
    assert treated(lead, "王晓明").rule == "late"
    assert strategies.versions(JUDGED) == ()
    newer = SIMPLE.replace('version = "7"', 'version = "8"')
    strategies.adopt(JUDGED, newer)
    strategies.adopt(JUDGED, newer.replace('"8"', '"9"'))
    assert strategies.versions(JUDGED) == (1, 2)
    assert strategies.version_file(JUDGED, 1).read_text(encoding="utf-8") == SIMPLE
    assert strategies.version_file(JUDGED, 2).read_text(encoding="utf-8") == newer
    assert strategy.in_force(JUDGED).strategy.name == "zh-CN@9"
    assert strategies.text(JUDGED) == newer.replace('"8"', '"9"')


def test_back_to_the_default_keeps_the_houses_file(lead: Desk) -> None:
    lead.strategies.adopt(JUDGED, SIMPLE)
    lead.strategies.back_to_default(JUDGED)
    assert treated(lead, "王晓明").rule == "promise-open"
    assert lead.strategies.version_file(JUDGED, 1).read_text(encoding="utf-8") == SIMPLE
    assert lead.strategies.text(JUDGED) == default_text()
    put(SIMPLE, "default")
    assert treated(lead, "王晓明").rule == "late"
    lead.strategies.back_to_default(JUDGED)
    assert treated(lead, "王晓明").rule == "promise-open"
    assert strategy.house_file("default").read_text(encoding="utf-8") == SIMPLE, "other jurisdictions keep it"


def test_a_faulty_text_is_never_written_and_a_faulty_file_can_be_put_right(lead: Desk) -> None:
    with pytest.raises(StrategyError):
        lead.strategies.adopt(JUDGED, FAULTY)
    assert not strategy.folder().exists()
    put(FAULTY)
    assert lead.strategies.text(JUDGED) == FAULTY
    checked = lead.strategies.check(JUDGED, FAULTY)
    assert checked.fault is not None
    assert (checked.line, "rude" in checked.fault.plain()) == (7, True)
    lead.strategies.adopt(JUDGED, SIMPLE)
    assert treated(lead, "王晓明").fault is None
    assert lead.strategies.version_file(JUDGED, 1).read_text(encoding="utf-8") == FAULTY


def test_what_is_legal_and_hardly_meant_is_told(lead: Desk) -> None:
    doubled = SIMPLE.replace('id = "rest"', 'id = "again"\nwhen.days_past_due = { from = 60 }')
    rest = SIMPLE[SIMPLE.index('[[rule]]\nid = "rest"') :]
    checked = lead.strategies.check(JUDGED, doubled + "\n" + rest)
    assert (checked.fault, [found.rule for found in checked.warnings]) == (None, ["again", "rest", "rest"])
    assert lead.strategies.check(JUDGED, default_text()).warnings == ()


def test_a_disk_that_refuses_leaves_what_was_in_force(lead: Desk) -> None:
    blocked = strategy.house_file(JUDGED)
    blocked.mkdir(parents=True)
    (blocked / "in the way").touch()
    with pytest.raises(StrategyNotKept, match="nothing was changed"):
        lead.strategies.adopt(JUDGED, SIMPLE)
    with pytest.raises(OSError):  # noqa: PT011  # the platforms differ in its kind
        write_whole(blocked, b"whole")
    assert [path.name for path in strategy.folder().iterdir()] == [blocked.name], "no half-written file is left"


def test_a_full_disk_leaves_the_old_file_in_force(lead: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    lead.strategies.adopt(JUDGED, SIMPLE)

    def full(_handle: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as disk:
        disk.setattr(os, "fsync", full)
        with pytest.raises(StrategyNotKept, match="No space left"):
            lead.strategies.adopt(JUDGED, SIMPLE.replace('"7"', '"8"'))
    assert strategy.in_force(JUDGED).strategy.name == "zh-CN@7"
    assert [path.name for path in strategy.folder().iterdir()] == ["zh-CN.toml"]


def test_only_who_leads_may_adopt(desk: Desk, tmp_path: Path) -> None:
    assert not desk.strategies.offered
    auditor = open_desk(tmp_path / "auditor", role="auditor")
    try:
        assert auditor.strategies.offered
        for strategies in (desk.strategies, auditor.strategies):
            assert isinstance(strategies, Strategies)
            with pytest.raises(InputError, match="team lead"):
                strategies.adopt(JUDGED, SIMPLE)
            with pytest.raises(InputError, match="team lead"):
                strategies.back_to_default(JUDGED)
    finally:
        auditor.close()


def test_a_draft_is_kept_until_it_is_adopted(lead: Desk) -> None:
    strategies = lead.strategies
    assert strategies.draft(JUDGED) is None
    strategies.keep_draft(JUDGED, FAULTY)
    assert strategies.draft(JUDGED) == FAULTY
    assert strategy.in_force(JUDGED).path is None
    strategies.adopt(JUDGED, SIMPLE)
    assert strategies.draft(JUDGED) is None


def test_a_split_is_counted_recorded_told_and_taken_back(lead: Desk) -> None:
    text = SIMPLE + TRIAL
    tried = lead.strategies.try_out(JUDGED, text)
    assert tried is not None
    counted = {(row.split, row.arm): row.cases for row in tried.arms}
    assert set(counted) == {("sms-first", "A"), ("sms-first", "B")}
    with lead.seat.store.read() as conn:
        young = [
            record.case_id
            for record in queries.queue_records(conn)
            if strategy.facts_of(record, lead.today()).days_past_due < 31
        ]
    assert sum(counted.values()) == len(young) <= tried.cases == sum(count.after for count in tried.counts)
    lead.strategies.adopt(JUDGED, SIMPLE)
    lead.strategies.adopt(JUDGED, text)
    case = lead.seat.file(young[0])
    point = next(row.id for row in case.points if row.kind == "phone" and row.related_person_id is None)
    lead.announce(lead.call.save(young[0], CallForm(contact_point=point, outcome="no_answer")))
    [arm] = lead.strategies.trials()
    assert f"{arm.split}:{arm.arm}" == strategy.arm(case, lead.today())
    assert (arm.cases, arm.shares["right_party_rate"].of) == (1, 1)
    lead.strategies.undo(JUDGED)
    assert not any(rule.split for rule in strategy.in_force(JUDGED).strategy.rules)
    assert lead.strategies.text(JUDGED) == SIMPLE
