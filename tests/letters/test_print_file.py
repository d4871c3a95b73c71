"""The print file: every letter once, by postcode, as it is alone; whatever ended the run before, nothing is doubled."""

from __future__ import annotations

import csv
import hashlib
import signal
import time
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pypdf
import pytest

from letters.batch import Finished, NotKept, Result, Wanted, run
from letters.batch_folder import JOURNAL
from letters.print_file import region
from letters.render import render
from tests.letters.batches import letter, start_batch
from workstation.domain.message import msg

DATA = {"data": "one", "day": "2026-11-23"}
COUNT = 40


def source() -> Iterator[Wanted]:
    for n in range(1, COUNT + 1):
        yield Wanted(n, letter(n))


def made(folder: Path, **more: object) -> Result:
    return run(source, COUNT, folder, DATA, one_file=True, keep_good=True, jobs=1, **more)  # type: ignore[arg-type]


def manifest_of(folder: Path) -> list[dict[str, str]]:
    with (folder / "manifest.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("whole")
    assert made(folder).state == "done"
    return folder


def test_each_letter_stands_where_the_manifest_says_with_the_text_and_hash_that_it_has_alone(whole: Path) -> None:
    reader = pypdf.PdfReader(whole / "letters.pdf")
    rows = manifest_of(whole)
    assert len(rows) == COUNT
    for row in rows[::7]:
        alone = render(letter(int(row["row"])))
        assert row["sha256"] == alone.sha256
        own = pypdf.PdfReader(BytesIO(alone.pdf))
        first, last = int(row["first_page"]), int(row["last_page"])
        assert last - first + 1 == len(own.pages) == int(row["pages"])
        for at, page in enumerate(own.pages):
            assert reader.pages[first - 1 + at].extract_text() == page.extract_text()


def test_letters_are_sorted_by_postcode_with_a_sheet_before_each_region(whole: Path) -> None:
    rows = sorted(manifest_of(whole), key=lambda row: int(row["first_page"]))
    assert [row["postcode"] for row in rows] == sorted(row["postcode"] for row in rows)
    reader = pypdf.PdfReader(whole / "letters.pdf")
    at, before, sheets = 2, "", 0
    for row in rows:
        if region(row["postcode"]) != before:
            before = region(row["postcode"])
            assert reader.pages[at - 1].extract_text().split()[0] == before
            at, sheets = at + 1, sheets + 1
        assert int(row["first_page"]) == at
        at = int(row["last_page"]) + 1
    assert at == len(reader.pages) + 1
    assert sheets > 1
    index = reader.pages[0].extract_text()
    assert f"{COUNT} letters" in index
    for name in {region(row["postcode"]) for row in rows}:
        assert name in index
    assert [entry["/Title"] for entry in reader.outline] == [
        "Index",
        *sorted({region(row["postcode"]) for row in rows}),
    ]  # type: ignore[call-overload, index]


def test_a_page_looks_as_it_does_alone(whole: Path) -> None:
    import pypdfium2

    row = manifest_of(whole)[11]
    alone = pypdfium2.PdfDocument(render(letter(int(row["row"]))).pdf)
    together = pypdfium2.PdfDocument(whole / "letters.pdf")
    for at in range(len(alone)):
        one = alone[at].render(scale=1.5).to_pil()
        other = together[int(row["first_page"]) - 1 + at].render(scale=1.5).to_pil()
        assert one.tobytes() == other.tobytes()


def test_letters_share_one_font_program_a_face(whole: Path) -> None:
    pdf = (whole / "letters.pdf").read_bytes()
    assert pdf.count(b"/FontFile3") == 2
    assert len(pdf) < COUNT * len(render(letter(1)).pdf) / 4


def test_the_same_letters_give_the_same_file(whole: Path, tmp_path: Path) -> None:
    seen: list[int] = []
    stopped = made(tmp_path, cancel=lambda: len(seen) >= 16, finished=lambda each: seen.append(each.entry.place))
    assert stopped.state == "cancelled"
    assert not (tmp_path / "letters.pdf").exists()
    done = made(tmp_path)
    assert (done.state, done.made, done.again) == ("done", COUNT, stopped.made)
    assert (tmp_path / "letters.pdf").read_bytes() == (whole / "letters.pdf").read_bytes()
    assert (tmp_path / "manifest.csv").read_bytes() == (whole / "manifest.csv").read_bytes()


def test_finished_once_it_is_finished(whole: Path) -> None:
    before = (whole / "letters.pdf").read_bytes()
    again = made(whole)
    assert (again.made, again.again) == (COUNT, COUNT)
    assert (whole / "letters.pdf").read_bytes() == before


@pytest.mark.parametrize("harm", ["changed", "cut", "gone"])
def test_a_file_that_was_changed_is_made_again(whole: Path, tmp_path: Path, harm: str) -> None:
    made(tmp_path)
    path = tmp_path / "letters.pdf"
    content = path.read_bytes()
    if harm == "gone":
        path.unlink()
    else:
        path.write_bytes(content[:-9] if harm == "cut" else content[:900] + b"x" + content[901:])
    result = made(tmp_path)
    assert (result.made, result.again) == (COUNT, 0)
    assert path.read_bytes() == content == (whole / "letters.pdf").read_bytes()


def test_half_a_letter_at_the_end_of_the_file_is_written_again(whole: Path, tmp_path: Path) -> None:
    seen: list[int] = []
    made(tmp_path, cancel=lambda: len(seen) >= 16, finished=lambda each: seen.append(each.entry.place))
    part = tmp_path / "letters.pdf.part"
    journal = tmp_path / JOURNAL
    part.write_bytes(part.read_bytes()[:-300])  # what a power cut leaves
    journal.write_bytes(journal.read_bytes() + b'{"place":17,"case_nu')
    done = made(tmp_path)
    assert (done.made, done.again) == (COUNT, 15)
    assert (tmp_path / "letters.pdf").read_bytes() == (whole / "letters.pdf").read_bytes()


def test_killed_in_the_middle_the_same_command_goes_on(tmp_path: Path) -> None:
    out = tmp_path / "out"
    process = start_batch(out, 160, 2, one_file=True)
    end = time.monotonic() + 150
    while not (out / JOURNAL).exists() or (out / JOURNAL).read_bytes().count(b"\n") < 20:
        assert time.monotonic() < end
        assert process.poll() is None, process.communicate()
        time.sleep(0.02)
    process.send_signal(signal.SIGKILL)
    process.wait()
    done = start_batch(out, 160, 2, one_file=True)
    told, errors = done.communicate(timeout=200)
    assert done.returncode == 0, errors
    assert int(told.split()[1]) >= 16
    other = tmp_path / "whole"
    start_batch(other, 160, 1, one_file=True).communicate(timeout=200)
    assert (out / "letters.pdf").read_bytes() == (other / "letters.pdf").read_bytes()
    assert len(manifest_of(out)) == 160


def test_a_disk_that_takes_nothing_more_stops_it_and_it_goes_on_later(tmp_path: Path) -> None:
    out = tmp_path / "out"
    stopped = start_batch(out, 120, 1, limit=120_000, one_file=True)
    told, errors = stopped.communicate(timeout=200)
    assert stopped.returncode == 3, errors
    assert "could not be written" in told
    assert not (out / "letters.pdf").exists()
    done = start_batch(out, 120, 1, one_file=True)
    told, errors = done.communicate(timeout=200)
    assert done.returncode == 0, errors
    assert int(told.split()[1]) > 0
    other = tmp_path / "whole"
    start_batch(other, 120, 1, one_file=True).communicate(timeout=200)
    assert (out / "letters.pdf").read_bytes() == (other / "letters.pdf").read_bytes()


def test_a_letter_that_must_not_go_out_after_all_is_on_no_page(tmp_path: Path) -> None:
    def finished(each: Finished) -> None:
        assert each.pdf is not None
        assert hashlib.sha256(each.pdf).hexdigest() == each.entry.sha256
        if each.entry.place == 5:
            raise NotKept(msg("It was paid."))

    result = made(tmp_path, with_pdf=True, finished=finished)
    assert (result.made, [each.place for each in result.refused]) == (COUNT - 1, [5])
    text = "".join(page.extract_text() for page in pypdf.PdfReader(tmp_path / "letters.pdf").pages)
    assert letter(5)["case_number"] not in text
    assert letter(6)["case_number"] in text


@pytest.mark.parametrize(
    ("postcode", "found"),
    [
        ("310012", "310"),
        (" 20012", "200"),
        ("90210-1234", "902"),
        ("SW1A 1AA", "SW"),
        ("m1 1ae", "M"),
        ("", ""),
        ("杭州", ""),
    ],
)
def test_regions(postcode: str, found: str) -> None:
    assert region(postcode) == found
