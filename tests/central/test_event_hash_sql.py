"""The hash the centre computes is the hash the seat computed, for any event."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from workstation.domain.events import Event, event_hash

ids = st.uuids().map(str)
# PostgreSQL's text holds no NUL; in JSON it is escaped, as every control character is.
words = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
bodies = st.dictionaries(words, st.none() | st.booleans() | st.integers(-(2**53), 2**53) | words, max_size=4).map(
    lambda body: msgspec.json.encode(body, order="sorted").decode()
)
codes = st.none() | st.from_regex(r"\A[a-z_]{1,20}\Z")
events = st.builds(
    Event,
    id=ids,
    case_id=ids,
    kind=st.sampled_from(["note", "contact", "promise", "from_the_future"]),
    occurred_at=st.datetimes(datetime(1970, 1, 1), datetime(9998, 12, 31), timezones=st.just(UTC)),  # noqa: DTZ001
    author=ids,
    device=ids,
    contact_point=st.none() | ids,
    channel=codes,
    outcome=codes,
    amount=st.none() | st.integers(-(2**63), 2**63 - 1),
    due_on=st.none() | st.dates(date(1900, 1, 1), date(9999, 12, 31)),
    duration=st.none() | st.integers(0, 2**31 - 1),
    answers=st.none() | ids,
    body=bodies,
    pack=st.none() | st.just("zh-CN@2026-01-30"),
    offset_ms=st.integers(-(2**40), 2**40),
    prev_hash=st.just("") | st.binary(min_size=32, max_size=32).map(bytes.hex),
)


@pytest.fixture(scope="module")
def superuser(central_of_module):
    with central_of_module.connect(autocommit=True) as conn:
        # The answer may not hang on how a session spells dates.
        conn.execute("SET timezone = 'Asia/Shanghai'")
        conn.execute("SET datestyle = 'German'")
        yield conn


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(event=events)
def test_sql_and_python_agree(superuser, event: Event):
    sent = json.dumps(msgspec.to_builtins(event))
    found = superuser.execute("SELECT app.event_hash(json_populate_record(NULL::app.sent_event, %s::json))", [sent])
    assert found.fetchone() == (event_hash(event),)


def test_ids_made_by_the_centre_are_version_7_and_sort_by_time(superuser):
    made = [superuser.execute("SELECT app.uuid7()::text, pg_sleep(0.002)").fetchone()[0] for _ in range(5)]
    assert made == sorted(made)
    assert all(text[14] == "7" and text[19] in "89ab" for text in made)
