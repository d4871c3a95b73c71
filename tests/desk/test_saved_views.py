"""Views of the queue: conditions that hold for exactly what they show, kept under names, and a removal taken back."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from local_db.state import set_state
from tests.ui.sample_book import SAMPLES, TODAY, WANG
from tests.ui.sample_desk import open_desk
from workstation.desk.queue_choice import QUADRANTS, SORTS, Choice, described
from workstation.desk.saved_views import LONGEST_NAME, MOST_VIEWS, SavedViews, shipped
from workstation.desk.views import CallForm
from workstation.domain.errors import InputError
from workstation.domain.vocabulary import STAGES
from workstation.i18n import LANGUAGES
from workstation.session import Desk

LIU = SAMPLES[3]
choices = st.builds(
    Choice,
    filter=st.sampled_from(["all", "promise", "callback", "new", "dispute"]),
    sort=st.sampled_from(SORTS),
    stages=st.lists(st.sampled_from(STAGES), max_size=3, unique=True).map(tuple),
    least=st.none() | st.integers(0, 200_000),
    most=st.none() | st.integers(0, 200_000),
    quadrant=st.sampled_from(["", *QUADRANTS]),
    lost=st.booleans(),
    silent_days=st.integers(0, 30),
    idle=st.booleans(),
)


def names(desk: Desk, choice: Choice) -> list[str]:
    return [row.name for row in desk.worklist.queue(choice).rows]


@settings(deadline=None, max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(choice=choices)
def test_a_view_shows_the_cases_that_meet_every_condition_and_counts_them(desk: Desk, choice: Choice) -> None:
    whole = desk.worklist.queue().rows
    shown = desk.worklist.queue(choice).rows
    assert desk.worklist.count(choice) == len(shown) == len({row.case_id for row in shown})
    wanted = {row.case_id for row in whole if choice.holds(row, desk.today())}
    assert {row.case_id for row in shown} == wanted
    for row in shown:
        assert not choice.stages or row.stage in choice.stages
        assert choice.least is None or row.owed.minor >= choice.least * 100
        assert choice.most is None or row.owed.minor <= choice.most * 100
        assert choice.filter == "all" or choice.filter in row.filters
        assert row.lost or not choice.lost
        assert not choice.idle or row.idle
    for part in described(choice, "CNY"):
        assert part if isinstance(part, str) else part.plain()


def test_each_sort_has_its_own_order(desk: Desk) -> None:
    whole = desk.worklist.queue(Choice(sort="amount")).rows
    assert [row.owed.minor for row in whole] == sorted((row.owed.minor for row in whole), reverse=True)
    days = [row.days_past_due for row in desk.worklist.queue(Choice(sort="days")).rows]
    assert days == sorted(days, reverse=True)
    silent = [row.last_contact_at for row in desk.worklist.queue(Choice(sort="last_contact")).rows]
    dated = [at for at in silent if at is not None]
    assert silent == [None] * (len(silent) - len(dated)) + sorted(dated)
    assert names(desk, Choice()) == [row.name for row in desk.worklist.queue().rows]


def test_ability_and_willingness_silence_and_what_is_due(desk: Desk) -> None:
    assert names(desk, Choice(quadrant="unable_willing")) == [WANG.name]
    assert len(names(desk, Choice(quadrant="unknown"))) == len(SAMPLES) - 1
    assert WANG.name not in names(desk, Choice(silent_days=1))
    assert set(names(desk, Choice(silent_days=1))) == {sample.name for sample in SAMPLES} - {WANG.name}
    new = {row.name for row in desk.worklist.queue("new").rows}
    assert not new & set(names(desk, Choice(idle=True)))
    desk.announce(desk.call.save(LIU.id, CallForm(contact_point=LIU.part("mobile"), outcome="no_answer")))
    assert LIU.name in names(desk, Choice(idle=True))  # its next call is not due today
    assert LIU.name not in names(desk, Choice(silent_days=1))


def test_a_view_s_text_narrows_its_own_cases_while_a_search_looks_through_all(desk: Desk) -> None:
    assert names(desk, Choice(stages=("M3",), text="wang")) == [WANG.name]
    assert names(desk, Choice(stages=("M1",), text="wang")) == []
    assert [row.name for row in desk.worklist.queue(Choice(stages=("M1",)), "wangxiaoming").rows] == [WANG.name]


# ---- names ----


def test_the_views_that_ship_have_a_name_in_every_language_and_can_be_shown(desk: Desk) -> None:
    assert len({view.id for view in shipped()}) == len(shipped()) >= 5
    for view in shipped():
        assert set(view.names) == set(LANGUAGES)
        assert all(0 < len(name) <= LONGEST_NAME for name in view.names.values())
        assert view.choice != Choice()
        assert desk.worklist.count(view.choice) == len(desk.worklist.queue(view.choice).rows)


def test_a_view_is_kept_renamed_removed_and_taken_back(desk: Desk, tmp_path: Path) -> None:
    choice = Choice(stages=("M3", "M4"), least=10_000, sort="amount", text="王")
    made = desk.views.create("  大额\n中期 ", choice)
    assert made.name("zh_CN") == made.name("en") == "大额 中期"
    assert desk.views.all() == (*shipped(), made)
    renamed = desk.views.rename(made.id, "大额")
    first = desk.views.rename(shipped()[0].id, "回电")
    assert desk.views.all() == (first, *shipped()[1:], renamed)
    again = SavedViews(desk.seat)  # as after a restart
    assert again.all() == desk.views.all()
    for view in (renamed, first, shipped()[1]):
        before = again.all()
        removed = again.remove(view.id)
        assert view.id not in {row.id for row in again.all()}
        again.restore(removed)
        assert {row.id for row in again.all()} == {row.id for row in before}
        assert next(row for row in again.all() if row.id == view.id) == view
    with pytest.raises(InputError):
        again.rename("nobody's", "x")


@pytest.mark.parametrize(
    "name", ["", "  ", "\0", "\n", "x" * (LONGEST_NAME + 1), "out of CONTACT", "失联", "x" * 10**6]
)
def test_a_name_that_is_empty_too_long_or_taken_is_refused(desk: Desk, name: str) -> None:
    with pytest.raises(InputError) as refused:
        desk.views.create(name, Choice(lost=True))
    assert refused.value.field == "name"
    assert desk.views.all() == shipped()


def test_there_is_an_end_to_views(desk: Desk) -> None:
    for n in range(MOST_VIEWS - len(shipped())):
        desk.views.create(f"View {n}", Choice(silent_days=n))
    with pytest.raises(InputError):
        desk.views.create("One more", Choice(silent_days=99))
    assert len(desk.views.all()) == MOST_VIEWS


@pytest.mark.parametrize(
    "kept", ["", "{", "[]", '{"own": [{"id": 1}]}', '{"own": [{"id": "x", "names": {}, "choice": 3}]}']
)
def test_views_that_cannot_be_read_leave_those_that_ship(tmp_path: Path, kept: str) -> None:
    desk = open_desk(tmp_path / "broken")
    with desk.seat.store.write() as conn:
        set_state(conn, "saved_views", kept)
    assert desk.views.all() == shipped()
    made = desk.views.create("M3", Choice(stages=("M3",)))
    assert desk.views.all()[-1] == made
    desk.close()


def test_the_day_decides_how_long_silence_is(desk: Desk) -> None:
    row = next(row for row in desk.worklist.queue().rows if row.case_id == WANG.id)
    assert not Choice(silent_days=5).holds(row, TODAY + timedelta(days=4))
    assert Choice(silent_days=5).holds(row, TODAY + timedelta(days=5))


def test_a_view_without_a_name_is_still_listed(desk: Desk) -> None:
    with desk.seat.store.write() as conn:
        set_state(conn, "saved_views", '{"own":[{"id":"x","names":{},"choice":{}}]}')
    assert [view.name("en") for view in desk.views.all()][-1] == "x"
