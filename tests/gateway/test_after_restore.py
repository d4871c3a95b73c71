"""A restored centre has forgotten what it sent: it sends nothing of before, and believes the seats that remember."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from local_db.engine import open_store
from tests.central.builders import new_id
from tests.gateway.conftest import House
from tests.sync.conftest import Desk


def forget(house: House) -> None:
    """The centre as a backup had it, taken while the messages still waited; then restored."""
    with house.central.connect() as conn:
        conn.execute("SET session_replication_role = replica")
        conn.execute("DELETE FROM case_event WHERE kind = 'message_result'")
        conn.execute("UPDATE message_delivery SET state = 'waiting', attempts = 0, reference = '', reason = ''")
        conn.execute("UPDATE device SET chain_head = '' WHERE person_id IS NULL")
        conn.execute("SET session_replication_role = DEFAULT")
        conn.execute("SELECT app.begin_recovery(now() - interval '1 hour', 30)")


def day_later(house: House) -> None:
    house.owner("UPDATE central_meta SET restored_at = restored_at - interval '25 hours'")


def test_what_a_seat_remembers_of_a_message_counts(house: House, tmp_path: Path) -> None:
    message = house.queue(at=dt.datetime.now(dt.UTC) - dt.timedelta(minutes=5))
    assert house.round().sent == 1
    lead = Desk(house.central, "chen.jie", open_store(tmp_path / "lead.store", bytes(32)), new_id())
    lead.sync()
    forget(house)
    assert not house.round().moved, "of before the restore nothing is sent"
    lead.sync()
    lead.sync()
    assert house.results(message) == [("sent", "R-1", "")], "the lead's seat handed it in"
    assert not house.round().moved
    assert house.state(message) == "sent"
    assert len(house.sms.texts) == 1
    lead.store.close()


def test_what_nobody_remembers_is_uncertain_after_a_day(house: House) -> None:
    message = house.queue(at=dt.datetime.now(dt.UTC) - dt.timedelta(hours=30))
    assert house.round().sent == 1
    forget(house)
    house.round()
    assert house.results(message) == []
    day_later(house)
    house.round()
    assert house.results(message) == [("failed", "", "uncertain")]
    assert len([row for row in house.sms.asked if row[0] == "POST"]) == 1


def test_what_is_queued_after_a_restore_is_sent(house: House) -> None:
    forget(house)
    message = house.queue()
    assert house.round().sent == 1
    assert house.results(message) == [("sent", "R-1", "")]
