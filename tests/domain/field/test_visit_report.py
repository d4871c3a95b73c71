"""A visit's report: what is kept of it comes back, and the visit is judged by the arrival."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from tests.domain.case.test_conduct import MORNING, OWN, ZONE, event, judged
from workstation.domain.case_state import fold
from workstation.domain.events import Contact, VisitReport, decode_body, encode_body, without_controls
from workstation.domain.gate import past_contacts
from workstation.domain.visit import ConductAnswer, Met, Photo, Position, SignatureKept, Visitor

AT = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
text = st.text(max_size=20)
moments = st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
hashes = st.binary(min_size=32, max_size=32).map(bytes.hex)
positions = st.builds(
    Position,
    latitude=st.floats(-90, 90),
    longitude=st.floats(-180, 180),
    source=st.sampled_from(["typed", "device", "photo"]),
    accuracy=st.none() | st.floats(0, 5000),
    at=st.none() | moments,
)
reports = st.builds(
    VisitReport,
    arrived_at=moments,
    left_at=moments,
    team=st.lists(st.builds(Visitor, name=text, person=text), max_size=3).map(tuple),
    met=st.lists(st.builds(Met, who=st.sampled_from(["debtor", "related"]), name=text), max_size=3).map(tuple),
    conduct=st.lists(
        st.builds(ConductAnswer, check=text, answer=st.sampled_from(["yes", "no", "not_applicable"]), note=text)
    ).map(tuple),
    address_note=text,
    assets=text,
    position=st.none() | positions,
    photos=st.lists(
        st.builds(
            Photo,
            sha256=hashes,
            size=st.integers(0, 10**6),
            media=st.just("image/jpeg"),
            width=st.integers(1, 4000),
            height=st.integers(1, 4000),
            caption=text,
            taken_at=st.none() | moments,
        ),
        max_size=4,
    ).map(tuple),
    signature=st.none() | st.builds(SignatureKept, sha256=hashes, at=moments, signer=text, letter=text),
)


@given(reports)
def test_what_is_reported_comes_back_and_is_written_the_same_again(report: VisitReport) -> None:
    written = encode_body(report)
    back = decode_body("visit", written)
    assert back == report
    assert encode_body(back) == written  # every digit of a position: the hash covers it


def test_control_characters_are_left_out_of_every_part() -> None:
    dirty = VisitReport(
        arrived_at=AT,
        left_at=AT,
        team=(Visitor(name="Li\x00 Na"),),
        photos=(Photo(sha256="0" * 64, size=1, media="image/jpeg", width=1, height=1, caption="door\x1f 7"),),
    )
    clean = without_controls(dirty)
    assert isinstance(clean, VisitReport)
    assert (clean.team[0].name, clean.photos[0].caption) == ("Li Na", "door 7")


def test_a_visit_is_judged_by_the_arrival_and_not_by_when_its_report_was_written() -> None:
    afternoon = datetime(2026, 11, 22, 17, tzinfo=ZONE).astimezone(UTC)
    night = datetime(2026, 11, 22, 22, 30, tzinfo=ZONE).astimezone(UTC)
    columns = {"channel": "visit", "outcome": "visit_absent", "contact_point": OWN}

    def visit(arrived: datetime, written: datetime) -> list[str]:
        recorded = event(1, Contact(party="debtor", began_at=arrived), written, **columns)
        (past,) = past_contacts([recorded])
        assert past.at == min(arrived, written)
        return [finding.level for finding in judged(recorded)]

    assert visit(afternoon, night) == []
    assert visit(night, MORNING) == ["block"]
    assert visit(MORNING + timedelta(days=1), night) == ["block"]  # no visit was after its report


def test_what_came_of_a_visit_says_of_whom_it_is_true() -> None:
    def after(result: str, who: str) -> object:
        met = (Met(who="debtor" if who == "debtor" else "related"),)
        return fold([event(1, VisitReport(arrived_at=AT, left_at=AT, met=met, result=result), AT)])

    asked, third = after("asks_to_stop_contact", "debtor"), after("asks_to_stop_contact", "wife")
    assert (asked.ceased, asked.third_party_refused) == (True, False)  # type: ignore[attr-defined]
    assert (third.ceased, third.third_party_refused) == (False, True)  # type: ignore[attr-defined]
    assert after("represented_by_counsel", "debtor").represented  # type: ignore[attr-defined]
    assert after("of_a_newer_version", "debtor").unknown_kinds == ()  # type: ignore[attr-defined]
