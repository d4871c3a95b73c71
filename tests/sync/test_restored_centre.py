"""After a restore to an older point every seat hands in what the centre forgot, in any order, and all is whole."""

from __future__ import annotations

import itertools
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest

from local_db import attachments, outbox, projections
from local_db import events as store_events
from tests.central.builders import note, push
from tests.central.copies import databases
from tests.central.server import CentralDatabase
from tests.sync.conftest import TODAY, Desk, SeatMaker
from tests.sync.test_attachments import at_centre as photos_at_centre
from tests.sync.test_attachments import picture, send, visit
from workstation.central import admin
from workstation.central.backup import backup
from workstation.central.check import check
from workstation.central.embedded import EmbeddedServer
from workstation.central.restore import mark_restored, restore
from workstation.domain.events import Event, Letter
from workstation.sync.link import DeviceRevoked

LOGINS = ("li.na", "wang.wei", "chen.jie")


@pytest.fixture(autouse=True)
def nothing_left(central: CentralDatabase) -> Iterator[None]:
    """What a replacement keeps is dropped with the test's own database."""
    yield
    for name in databases(central):
        if name.startswith(f"{central.name}_"):
            admin.drop(central.server.superuser_dsn, name)


def reassign(central: CentralDatabase, case_id: str, to: str) -> None:
    with central.connect("chen.jie") as conn:
        done = conn.execute(
            "SELECT r.done FROM cases c, LATERAL app.reassign(ARRAY[c.id], ARRAY[c.version], %s, 'test') r"
            " WHERE c.id = %s",
            [central.people[to], case_id],
        ).fetchone()
    assert done == (True,)


def at_centre(central: CentralDatabase) -> dict[str, str]:
    with central.connect() as conn:
        return dict(conn.execute("SELECT id::text, hash FROM case_event").fetchall())


def letter(desk: Desk, case_id: str) -> Event:
    body = Letter(template="demand", version="1", language="zh_CN", sha256="0" * 64, pages=1, context={"as_of": "x"})
    with desk.store.write() as conn:
        return store_events.append(conn, [desk.seat.draft(case_id, body)], today=TODAY)[0]


def bad(central: CentralDatabase) -> list[str]:
    return [finding.message.plain() for finding in check(central.superuser_dsn) if finding.bad]


def is_whole(central: CentralDatabase, desk: Desk) -> None:
    """The seat holds just its cases with every event the centre has of them, and nothing waits."""
    with central.connect(desk.login) as conn:
        cases = {row[0] for row in conn.execute("SELECT id::text FROM cases")}
        events = {row[0] for row in conn.execute("SELECT id::text FROM case_event")}
    assert desk.cases() == cases
    assert desk.events() == events
    with desk.store.read() as conn:
        assert projections.check(conn, TODAY) == []
        assert (outbox.waiting(conn), outbox.refusals(conn)) == (0, [])


@dataclass
class Story:
    """A backup in the middle of a team's day: what each seat recorded before it, and what after."""

    central: CentralDatabase
    desks: dict[str, Desk]
    book: list[str]
    backup: Path
    everything: dict[str, str]  # all events ever at the centre, id → hash


@pytest.fixture
def story(central: CentralDatabase, book: list[str], seat_of: SeatMaker, tmp_path: Path) -> Story:
    desks = {login: seat_of(login) for login in LOGINS}
    for desk in desks.values():
        desk.sync()
    li, wang, chen = desks.values()
    li.write(book[0], "before the backup")
    reassign(central, book[9], "wang.wei")
    for desk in desks.values():
        desk.sync()
    wang.write(book[9], "before the backup, on a case that came")
    wang.sync()
    path = tmp_path / "centre.backup"
    backup(central.superuser_dsn, path)

    li.write(book[0], "forgotten")
    li.write(book[2], "forgotten, and the case moves away afterwards")
    letter(li, book[1])
    li.sync()
    reassign(central, book[2], "wang.wei")
    li.sync()  # the case leaves her store, with what she wrote
    wang.sync()
    wang.write(book[2], "forgotten, by the new holder")
    wang.write(book[9], "forgotten too")
    wang.sync()
    chen.sync()
    chen.write(book[3], "the lead's own, forgotten")
    chen.sync()
    assert book[2] not in li.cases()
    return Story(central, desks, book, path, at_centre(central))


def take_back(story: Story) -> None:
    restore(story.central.server.superuser_dsn, story.backup, story.central.name, replace=True)
    assert len(at_centre(story.central)) == 3
    assert len(story.everything) == 10


@pytest.mark.parametrize("order", list(itertools.permutations(LOGINS)), ids="-".join)
def test_whoever_comes_first_all_is_handed_in_and_whole(story: Story, order: tuple[str, ...]) -> None:
    take_back(story)
    for login in order:
        story.desks[login].sync()
    assert at_centre(story.central) == story.everything
    # The move itself is not made again by its event: somebody has to decide it anew, and is told so.
    (sentence,) = bad(story.central)
    assert "was moved to 王伟" in sentence
    reassign(story.central, story.book[2], "wang.wei")
    assert bad(story.central) == []
    for login in order:
        story.desks[login].sync()
        is_whole(story.central, story.desks[login])
    assert at_centre(story.central).keys() > story.everything.keys()


@pytest.mark.parametrize("first", ["li.na", "wang.wei"])
def test_a_photo_whose_case_had_left_its_seat_comes_back_too(
    central: CentralDatabase, book: list[str], seat_of: SeatMaker, tmp_path: Path, first: str
) -> None:
    """Taken after the backup, at the centre, and its case with another who never looked at it."""
    li, wang = seat_of("li.na"), seat_of("wang.wei")
    li.sync()
    wang.sync()
    backup(central.superuser_dsn, tmp_path / "centre.backup")
    visit(li, book[2], picture(1))
    li.sync()
    assert send(li).done == 1
    reassign(central, book[2], "wang.wei")
    li.sync()
    assert book[2] not in li.cases()
    wang.sync()
    restore(central.server.superuser_dsn, tmp_path / "centre.backup", central.name, replace=True)
    for desk in (li, wang) if first == "li.na" else (wang, li):
        desk.sync()
        send(desk)
    li.sync()
    send(li)
    assert list(photos_at_centre(central).values()) == [picture(1)]
    with li.store.read() as conn:
        assert attachments.unsent(conn) == (0, 0)
        assert attachments.refused(conn) == []


def test_a_device_revoked_after_the_restore_still_hands_in_what_was_forgotten(story: Story) -> None:
    take_back(story)
    li = story.desks["li.na"]
    with story.central.connect() as conn:
        conn.execute("UPDATE device SET revoked_at = clock_timestamp() WHERE id = %s", [li.device])
    mine = li.events()
    assert mine - at_centre(story.central).keys()
    for _ in range(2):
        with pytest.raises(DeviceRevoked, match="was handed in"):
            li.sync()
        assert mine <= at_centre(story.central).keys()


def test_work_done_before_one_heard_of_the_restore_counts_even_where_the_move_was_forgotten(story: Story) -> None:
    wang = story.desks["wang.wei"]
    take_back(story)
    assert story.book[2] in wang.cases()  # by a move that the backup does not know
    told = wang.write(story.book[2], "after the restore, before hearing of it")
    wang.sync()
    wang.sync()
    assert told.id in at_centre(story.central)
    assert story.book[2] not in wang.cases()
    late = note(story.book[2], story.central.people["wang.wei"], wang.device, "after hearing of it",
                occurred_at=datetime.now(UTC))  # fmt: skip
    with story.central.connect("wang.wei") as conn:
        assert push(conn, late) == [("refused", "not_assigned")]


def test_what_only_an_auditor_still_has_comes_back(story: Story, seat_of: SeatMaker) -> None:
    audit = seat_of("audit")
    audit.sync()
    assert story.everything.keys() <= audit.events()
    take_back(story)
    audit.sync()
    assert at_centre(story.central) == story.everything
    assert audit.events() == story.everything.keys()
    told = [finding.message.plain() for finding in check(story.central.superuser_dsn)]
    assert any(sentence.startswith("7 events came back") for sentence in told)


def test_a_second_synchronisation_after_the_restore_moves_nothing(story: Story) -> None:
    take_back(story)
    for desk in [*story.desks.values()] * 2:
        desk.sync()
    for desk in story.desks.values():
        again = desk.sync()
        assert (again.pushed, again.refused, again.pulled_rows) == (0, 0, 0)


def test_what_waited_during_the_restore_follows_what_was_forgotten(story: Story) -> None:
    li = story.desks["li.na"]
    waiting = [li.write(story.book[0], "offline before the restore").id]
    take_back(story)
    waiting.append(li.write(story.book[4], "offline after it").id)
    for desk in story.desks.values():
        desk.sync()
    assert at_centre(story.central).keys() == story.everything.keys() | set(waiting)
    for desk in story.desks.values():
        desk.sync()
        is_whole(story.central, desk)


def test_what_a_lost_seat_recorded_comes_back_from_its_lead(story: Story) -> None:
    take_back(story)
    story.desks["chen.jie"].sync()
    assert at_centre(story.central) == story.everything
    with story.central.connect() as conn:
        handed = conn.execute("SELECT DISTINCT person_id::text FROM recovered_event").fetchall()
        others = conn.execute(
            "SELECT count(*) FROM recovered_event r JOIN case_event e ON e.id = r.event_id"
            " WHERE e.author <> r.person_id"
        ).fetchone()
    assert handed == [(story.central.people["chen.jie"],)]
    assert others is not None
    assert others[0] >= 5
    # The author comes late after all, goes on in the same chain, and nothing is there twice.
    li = story.desks["li.na"]
    later = li.write(story.book[0], "goes on")
    li.sync()
    assert at_centre(story.central) == {**story.everything, later.id: later.hash}


def test_what_the_centre_had_written_comes_back_from_a_lead_only(story: Story) -> None:
    """A collector's seat could have made up a move or an approval; a lead could have decided it anyway."""
    take_back(story)
    own = "SELECT count(*) FROM case_event e JOIN device d ON d.id = e.device WHERE d.person_id IS NULL"
    with story.central.connect(autocommit=True) as conn:
        remembered = conn.execute(own).fetchone()
        story.desks["wang.wei"].sync()
        assert conn.execute(own).fetchone() == remembered
        story.desks["chen.jie"].sync()
        assert at_centre(story.central) == story.everything
        assert conn.execute(own).fetchone() != remembered


def test_a_seat_the_backup_does_not_know_is_taken_up_again(story: Story, seat_of: SeatMaker) -> None:
    fresh = seat_of("li.na")
    fresh.sync()
    first = fresh.write(story.book[5], "from a new device")
    fresh.sync()
    story.desks["chen.jie"].sync()
    story.everything[first.id] = first.hash
    restore(story.central.server.superuser_dsn, story.backup, story.central.name, replace=True)
    story.desks["chen.jie"].sync()  # brings the event of a device nobody has greeted with
    assert first.id in at_centre(story.central)
    second = fresh.write(story.book[5], "and goes on")
    fresh.sync()
    story.desks["wang.wei"].sync()
    story.desks["li.na"].sync()
    assert at_centre(story.central) == {**story.everything, second.id: second.hash}
    assert [sentence for sentence in bad(story.central) if "was moved to" not in sentence] == []


def test_restored_twice_it_still_comes_together(story: Story) -> None:
    take_back(story)
    story.desks["wang.wei"].sync()
    restore(story.central.server.superuser_dsn, story.backup, story.central.name, replace=True)
    for desk in story.desks.values():
        desk.sync()
    assert at_centre(story.central) == story.everything


def test_a_loss_by_other_means_is_healed_the_same_way(story: Story) -> None:
    with story.central.connect() as conn:  # what a failover without the last transactions leaves
        since = conn.execute("SELECT clock_timestamp()").fetchone()
        conn.execute("SET session_replication_role = replica")
        lost = conn.execute(
            "DELETE FROM case_event WHERE body ->> 'text' LIKE 'forgotten%' RETURNING id::text"
        ).fetchall()
    assert since is not None
    assert len(lost) == 4
    mark_restored(story.central.superuser_dsn, since[0])
    for desk in story.desks.values():
        desk.sync()
    assert at_centre(story.central) == story.everything


@pytest.fixture(scope="module")
def another_server() -> Iterator[EmbeddedServer]:
    folder = Path(tempfile.mkdtemp(prefix="workstation-another-"))
    server = EmbeddedServer.start(folder, durable=False)
    yield server
    server.stop()
    EmbeddedServer.remove(folder)
    shutil.rmtree(folder, ignore_errors=True)


def test_seats_pull_everything_from_a_younger_server(story: Story, another_server: EmbeddedServer) -> None:
    ahead = 4_000_000_000
    with story.central.connect() as conn:  # a server that has worked for years, and seats that follow it
        conn.execute("SET session_replication_role = replica")
        for table in ("team", "person", "book", "cases", "case_scope", "debtor", "account", "balance_snapshot",
                      "payment", "related_person", "contact_point", "case_event"):  # fmt: skip
            conn.execute(f"UPDATE {table} SET xid = (%s + xid::text::bigint)::text::xid8", [ahead])
    for desk in story.desks.values():
        with desk.store.write() as local:
            local.exec_driver_sql("UPDATE sync_state SET value = ? WHERE key = 'cursor'", (str(ahead + 100_000),))
    story.backup.unlink()
    backup(story.central.superuser_dsn, story.backup)
    forgotten = story.desks["li.na"].write(story.book[6], "only here")
    restore(another_server.superuser_dsn, story.backup, story.central.name)
    moved = CentralDatabase(another_server, story.central.name, story.central.people, story.central.teams)
    for desk in story.desks.values():
        desk.central = moved
        desk.sync()
    assert at_centre(moved) == {**story.everything, forgotten.id: forgotten.hash}
    after = story.desks["li.na"].write(story.book[6], "and on it goes")
    for desk in [*story.desks.values()] * 2:
        desk.sync()
    assert after.id in story.desks["chen.jie"].events()
    for desk in story.desks.values():
        is_whole(moved, desk)
    assert bad(moved) == []


def test_a_restore_opens_the_door_for_history_only(story: Story) -> None:
    """Not for what happens after it in another's name, and not for what was changed on the way."""
    take_back(story)
    li, central = story.desks["li.na"], story.central
    li.sync()
    author, device = central.people["li.na"], li.device
    later = note(story.book[0], author, device, "after it", occurred_at=datetime.now(UTC) + timedelta(minutes=1))
    changed = note(story.book[0], author, device, "changed on the way")
    with central.connect("wang.wei") as conn:
        verdicts = push(conn, later, {**msgspec.to_builtins(changed), "amount": 1})
        assert verdicts == [("refused", "foreign_author"), ("refused", "bad_hash")]
        conn.commit()
    with central.connect() as conn:
        conn.execute("UPDATE central_meta SET recover_until = clock_timestamp()")
    with central.connect("wang.wei") as conn:
        assert push(conn, note(story.book[0], author, device, "too late")) == [("refused", "foreign_author")]
    assert bad(central)[1:] == []
