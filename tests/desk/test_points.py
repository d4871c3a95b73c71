"""Contact points learned on the job: with a lawful source, or not at all."""

from __future__ import annotations

import pytest

from tests.ui.sample_book import WANG
from workstation.desk.points import NewPoint
from workstation.domain.errors import InputError
from workstation.session import Desk

PHONE = "154 0000 7788"


def phones(desk: Desk) -> list[str]:
    return [point.masked for point in desk.casefile.open(WANG.id).points if point.kind == "phone"]


def test_a_new_number_is_on_the_case_in_the_search_and_can_be_called(desk: Desk) -> None:
    before = phones(desk)
    desk.announce(desk.points.add(WANG.id, NewPoint(value=PHONE, source="debtor")))
    case = desk.casefile.open(WANG.id)
    (new,) = [point for point in case.points if point.masked not in before and point.kind == "phone"]
    assert new.source is not None
    assert (new.source.id, new.state, new.light.verdict) == ("debtor", "alive", "allow")
    assert "7788" in new.masked
    assert "15400007788" not in repr(case), "masked everywhere until asked for"
    assert [row.case_id for row in desk.worklist.queue(text="15400007788").rows] == [WANG.id]
    assert desk.privacy.reveal(WANG.id, "phone", new.id, "dial").text == "15400007788"
    assert desk.call.begin(WANG.id, new.id).verdict == "allow"


def test_taken_back_it_is_gone_from_case_and_search(desk: Desk) -> None:
    before = phones(desk)
    desk.points.add(WANG.id, NewPoint(value=PHONE, source="debtor"))
    desk.call.undo(WANG.id)
    assert phones(desk) == before
    assert desk.worklist.queue(text="15400007788").rows == ()


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        (NewPoint(value=PHONE), "source"),
        (NewPoint(value=PHONE, source="bought"), "source"),
        (NewPoint(value="12", source="debtor"), "value"),
        (NewPoint(value=PHONE, source="debtor", person="00000000-0000-4000-8000-000000000000"), "person"),
        (NewPoint(kind="email", value="=cmd|'/c calc'!A1", source="debtor"), "value"),
        (NewPoint(kind="email", value="a@b", source="debtor"), "value"),
        (NewPoint(kind="address", value=" 上海 ", source="debtor"), "value"),
    ],
)
def test_without_a_lawful_source_or_a_readable_value_nothing_is_kept(desk: Desk, typed: NewPoint, field: str) -> None:
    before = desk.casefile.open(WANG.id)
    with pytest.raises(InputError) as refused:
        desk.points.add(WANG.id, typed)
    assert refused.value.field == field
    assert desk.casefile.open(WANG.id).timeline == before.timeline


def test_a_point_that_is_there_is_not_added_again(desk: Desk) -> None:
    desk.points.add(WANG.id, NewPoint(value=PHONE, source="debtor"))
    with pytest.raises(InputError, match="already"):
        desk.points.add(WANG.id, NewPoint(value="15400007788", source="public"))


def test_a_related_persons_number_belongs_to_them(desk: Desk) -> None:
    person, name, _ = desk.points.persons(WANG.id)[0]
    desk.points.add(WANG.id, NewPoint(value=PHONE, source="contact", person=person))
    (new,) = [point for point in desk.casefile.open(WANG.id).points if "7788" in point.masked]
    assert new.owner == name
    assert new.rights is not None
    assert new.light.verdict == "block", "the debtor is not out of contact"
