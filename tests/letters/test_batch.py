"""A batch: every letter once, whatever ends it on the way; refusals are told, nothing else is lost or doubled."""

from __future__ import annotations

import csv
import hashlib
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from letters.batch import Finished, Progress, Refused, Wanted, check, run
from letters.batch_folder import JOURNAL, FolderBusy, Journal, OtherBatch
from letters.form import NotWritten
from letters.render import render
from tests.letters.batches import files_in, start_batch, wanted

DATA = {"data": "one"}


def manifest_of(folder: Path) -> list[dict[str, str]]:
    with (folder / "manifest.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_every_letter_is_its_own_file_with_its_hash_in_the_manifest(context, tmp_path):
    source = wanted(context, 5)
    told: list[Progress] = []
    result = run(source, 5, tmp_path / "out", DATA, progress=told.append)
    rows = manifest_of(tmp_path / "out")
    assert (result.state, result.made, result.refused) == ("done", 5, ())
    assert [row["row"] for row in rows] == ["1", "2", "3", "4", "5"]
    for row, each in zip(rows, source(), strict=True):
        pdf = (tmp_path / "out" / row["file"]).read_bytes()
        made = render(each.context)
        assert row["sha256"] == hashlib.sha256(pdf).hexdigest() == made.sha256
        assert int(row["pages"]) == int(row["last_page"]) == made.pages
        assert (row["template"], row["version"]) == (made.template, made.version)
    assert told[-1].done == told[-1].total == 5
    assert told[-1].rate > 0
    assert told[-1].remaining == 0


def test_several_processes_make_the_same_bytes_in_the_same_order(context, tmp_path):
    source = wanted(context, 70)
    told: list[Finished] = []
    one = run(source, 70, tmp_path / "one", DATA, jobs=1)
    two = run(source, 70, tmp_path / "two", DATA, jobs=2, finished=told.append)
    assert one.made == two.made == 70
    assert files_in(tmp_path / "one") == files_in(tmp_path / "two")
    assert [each.entry.place for each in told] == list(range(1, 71))


def _incomplete(context, at):
    def source():
        for each in wanted(context, 6)():
            if each.place in at:
                debtor = {key: value for key, value in each.context["debtor"].items() if key != "address"}
                yield Wanted(each.place, {**each.context, "debtor": debtor})
            else:
                yield each

    return source


def test_with_a_letter_refused_nothing_is_made(context, tmp_path):
    result = run(_incomplete(context, {2, 5}), 6, tmp_path, DATA)
    assert result.state == "refused"
    assert [(each.place, each.missing) for each in result.refused] == [
        (2, ("debtor.address",)),
        (5, ("debtor.address",)),
    ]
    assert not list(tmp_path.glob("*.pdf"))
    assert not (tmp_path / "manifest.csv").exists()


def test_the_good_ones_are_made_when_asked_for_and_the_manifest_has_the_others(context, tmp_path):
    result = run(_incomplete(context, {2}), 6, tmp_path, DATA, keep_good=True)
    rows = manifest_of(tmp_path)
    assert (result.state, result.made) == ("done", 5)
    assert [row["state"] for row in rows] == ["made"] * 5 + ["refused"]
    assert rows[-1]["row"] == "2"
    assert rows[-1]["missing"] == "debtor.address"
    assert "the debtor's address" in rows[-1]["reason"]


def test_a_dry_run_says_what_is_missing_where_and_writes_nothing(context, tmp_path):
    found = check(_incomplete(context, {3}), 6)
    assert [(each.place, each.missing) for each in found] == [(3, ("debtor.address",))]
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("change", "code", "field"),
    [
        ({"template": "love_letter"}, "unknown_template", "template"),
        ({"date": "2026-02-30"}, "bad_input", "date"),
        ({"free_paragraph": "再不还款，我们就通知你的单位和家人。"}, "wording", "free_paragraph"),
    ],
)
def test_what_cannot_be_made_is_refused_with_its_field(context, change, code, field):
    def source():
        yield Wanted(7, context(**change))

    (found,) = check(source, 1)
    assert (found.place, found.field) == (7, field)
    assert found.reason.plain()


def test_what_the_reader_could_not_read_is_passed_on(context, tmp_path):
    from workstation.domain.message import msg

    def source():
        yield from wanted(context, 2)()
        yield Refused(3, "", msg("The row has 3 fields."), field="name")

    result = run(source, 3, tmp_path, DATA, keep_good=True)
    assert result.made == 2
    assert [each.place for each in result.refused] == [3]


def test_a_cell_of_the_manifest_is_never_a_formula(context, tmp_path):
    def source():
        yield Wanted(1, context(case_number="=HYPERLINK(1)"))

    run(source, 1, tmp_path, DATA)
    (row,) = manifest_of(tmp_path)
    assert row["case_number"] == "'=HYPERLINK(1)"
    assert row["file"] == "000001-HYPERLINK_1.pdf"


def test_cancelled_and_continued_nothing_is_doubled_or_missing(context, tmp_path):
    source = wanted(context, 40)
    seen: list[int] = []
    first = run(source, 40, tmp_path / "out", DATA, jobs=1, cancel=lambda: len(seen) >= 16, finished=_places(seen))
    assert first.state == "cancelled"
    assert 0 < first.made < 40
    assert not (tmp_path / "out" / "manifest.csv").exists()
    again: list[Finished] = []
    second = run(source, 40, tmp_path / "out", DATA, jobs=1, finished=again.append)
    assert (second.state, second.made, second.again) == ("done", 40, first.made)
    assert [each.again for each in again] == [True] * first.made + [False] * (40 - first.made)
    run(source, 40, tmp_path / "whole", DATA, jobs=1)
    assert files_in(tmp_path / "out") == files_in(tmp_path / "whole")


def _places(seen: list[int]):
    return lambda finished: seen.append(finished.entry.place)


def test_a_letter_changed_or_lost_between_two_runs_is_made_again(context, tmp_path):
    source = wanted(context, 4)
    run(source, 4, tmp_path, DATA)
    whole = files_in(tmp_path)
    names = sorted(path.name for path in tmp_path.glob("*.pdf"))
    (tmp_path / names[1]).unlink()
    (tmp_path / names[2]).write_bytes(b"%PDF-torn")
    result = run(source, 4, tmp_path, DATA)
    assert (result.made, result.again) == (4, 2)
    assert files_in(tmp_path) == whole


def test_a_torn_line_of_the_journal_is_made_again(context, tmp_path):
    source = wanted(context, 4)
    run(source, 4, tmp_path, DATA)
    journal = tmp_path / JOURNAL
    journal.write_bytes(journal.read_bytes()[:-40])
    result = run(source, 4, tmp_path, DATA)
    assert (result.made, result.again) == (4, 3)
    assert [row["row"] for row in manifest_of(tmp_path)] == ["1", "2", "3", "4"]


@pytest.mark.parametrize("jobs", [1, 2])
def test_killed_in_the_middle_the_same_command_goes_on(context, tmp_path, jobs):
    out = tmp_path / "out"
    process = start_batch(out, 140, jobs)
    _wait(lambda: (out / JOURNAL).exists() and (out / JOURNAL).read_bytes().count(b"\n") > 20, process)
    process.send_signal(signal.SIGKILL)
    process.wait()
    (out / ".letter-torn.part").write_bytes(b"half")
    before = len(list(out.glob("*.pdf")))
    assert before < 140
    done = start_batch(out, 140, jobs)
    told, errors = done.communicate(timeout=200)
    assert done.returncode == 0, errors
    assert int(told.split()[1]) > 0  # kept from before
    assert not list(out.glob("*.part"))
    whole = tmp_path / "whole"
    start_batch(whole, 140, 2).communicate(timeout=200)
    assert files_in(out) == files_in(whole)
    assert len(manifest_of(out)) == 140


@pytest.mark.skipif(sys.platform != "linux", reason="the helpers of a killed run are looked for in /proc")
def test_helpers_end_with_a_killed_parent(tmp_path):
    process = start_batch(tmp_path / "out", 400, 2)
    _wait(lambda: len(list((tmp_path / "out").glob("*.pdf"))) > 5, process)
    helpers = [int(pid) for pid in Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()]
    assert len(helpers) >= 2
    process.send_signal(signal.SIGKILL)
    process.wait()
    _wait(lambda: not any(_runs(pid) for pid in helpers), None)


def _runs(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def _wait(until, process, seconds: float = 150.0) -> None:
    end = time.monotonic() + seconds
    while not until():
        assert time.monotonic() < end, "it did not come about"
        assert process is None or process.poll() is None, process.communicate()
        time.sleep(0.02)


@pytest.mark.skipif(os.name == "nt", reason="the system's limit of a file's size")
def test_a_disk_that_takes_nothing_more_stops_the_batch_and_it_goes_on_later(context, tmp_path):
    """The journal grows until the system refuses: the same error as a full disk, at the same place."""
    out = tmp_path / "out"
    limit = 90_000  # bytes a file may have: enough for each letter, not for the journal of all
    stopped = start_batch(out, 300, 1, limit=limit)
    told, errors = stopped.communicate(timeout=200)
    assert stopped.returncode == 3, errors
    assert "run the same command again" in told
    made = len(list(out.glob("*.pdf")))
    assert 0 < made < 300
    assert not list(out.glob("*.part"))
    assert not (out / "manifest.csv").exists()
    done = start_batch(out, 300, 1)
    told, errors = done.communicate(timeout=200)
    assert done.returncode == 0, errors
    assert len(manifest_of(out)) == 300
    for row in manifest_of(out):
        assert hashlib.sha256((out / row["file"]).read_bytes()).hexdigest() == row["sha256"]


@pytest.mark.skipif(sys.platform != "linux" or os.geteuid() != 0, reason="mounting a small disk takes root")
def test_a_full_disk(context, tmp_path):
    disk = tmp_path / "disk"
    disk.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", str(disk)], check=False).returncode:
        pytest.skip("no disk can be mounted here")
    try:
        source = wanted(context, 100)
        result = run(source, 100, disk / "out", DATA, jobs=1)
        assert result.state == "stopped"
        assert "No space left" in str(result.problem.plain())
        assert 0 < result.made < 100
        subprocess.run(["mount", "-o", "remount,size=64m", str(disk)], check=True)
        result = run(source, 100, disk / "out", DATA, jobs=1)
        assert (result.state, result.made) == ("done", 100)
        assert result.again > 0
        assert len(manifest_of(disk / "out")) == 100
    finally:
        subprocess.run(["umount", str(disk)], check=True)


def test_two_batches_in_one_folder_at_once_are_refused(context, tmp_path):
    held = Journal(tmp_path, {**DATA, "form": "files", "total": 3})
    with pytest.raises(FolderBusy):
        run(wanted(context, 3), 3, tmp_path, DATA)
    held.close()
    assert run(wanted(context, 3), 3, tmp_path, DATA).state == "done"


def test_a_folder_with_another_batch_or_other_letters_is_refused(context, tmp_path):
    run(wanted(context, 2), 2, tmp_path / "a", DATA)
    with pytest.raises(OtherBatch):
        run(wanted(context, 2), 2, tmp_path / "a", {"data": "another"})
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / "000001.pdf").write_bytes(b"somebody's")
    with pytest.raises(OtherBatch):
        run(wanted(context, 2), 2, tmp_path / "b", DATA)
    assert (tmp_path / "b" / "000001.pdf").read_bytes() == b"somebody's"


def test_a_folder_that_cannot_be_written_is_refused_with_a_sentence(context, tmp_path):
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(NotWritten) as refused:
        run(wanted(context, 2), 2, tmp_path / "file" / "out", DATA)
    assert refused.value.field == "out"


def test_a_batch_goes_on_with_the_template_it_began_with(context, tmp_path):
    """A letter begun by version 1.1.1 is continued by it, though the program has a newer template."""

    def source():
        for place in (1, 2):
            yield Wanted(place, context("plan_agreement", case_number=f"JN-{place}"))

    run(source, 2, tmp_path, DATA, jobs=1)
    journal = tmp_path / JOURNAL
    head, first, _ = journal.read_text("utf-8").splitlines()
    newest = manifest_of(tmp_path)[0]["version"]
    assert newest != "1.1.1"
    journal.write_text(f"{head}\n{first.replace(newest, '1.1.1')}\n", "utf-8")
    for path in tmp_path.glob("*.pdf"):
        path.unlink()
    run(source, 2, tmp_path, DATA, jobs=1)
    assert [row["version"] for row in manifest_of(tmp_path)] == ["1.1.1", "1.1.1"]
    assert manifest_of(tmp_path)[0]["sha256"] == render(next(iter(source())).context, "1.1.1").sha256


def test_a_batch_begun_with_a_version_that_is_not_here_is_not_finished_with_another(context, tmp_path):
    source = wanted(context, 3)
    run(source, 3, tmp_path, DATA, jobs=1)
    journal = tmp_path / JOURNAL
    head, first, *_ = journal.read_text("utf-8").splitlines()
    version = manifest_of(tmp_path)[0]["version"]
    journal.write_text(f"{head}\n{first.replace(version, '9.9.9')}\n", "utf-8")
    for path in tmp_path.glob("*.pdf"):
        path.unlink()
    result = run(source, 3, tmp_path, DATA, jobs=1, keep_good=True)
    assert result.made == 0
    assert {(each.place, each.field) for each in result.refused} == {(1, "version"), (2, "version"), (3, "version")}
    assert "9.9.9" in result.refused[0].reason.plain()
    assert not list(tmp_path.glob("*.pdf"))
