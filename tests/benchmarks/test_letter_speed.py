"""Letters by the thousand, one file each and one print file, beside a bare canvas, WeasyPrint, Word and LibreOffice."""

from __future__ import annotations

import gc
import importlib.util
import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from time import perf_counter, process_time
from typing import Any

import pytest

from letters.batch import Wanted, run
from letters.fonts import faces
from tests.benchmarks import letter_peers as peers
from tests.benchmarks.figures import Board
from tests.benchmarks.sizes import SIZES
from tests.letters.batches import letter as real_letter

pytestmark = pytest.mark.bench

FULL = SIZES.name == "full"
LETTERS, TURNS = (1_000, 10) if FULL else (20, 2)
BY_WEB, BY_WORD = (100, 50) if FULL else (4, 2)
MANY = (1_000, 10_000) if FULL else (20, 60)
AIM_BYTES = 40_000


@pytest.fixture(autouse=True)
def _measured(monkeypatch: pytest.MonkeyPatch) -> None:
    """The measured template is known, the faces are read and its fonts prepared, as after a batch's first letter."""
    peers.with_template(monkeypatch.setattr)
    faces()
    peers.register()
    with tempfile.TemporaryDirectory() as folder:
        ours(Path(folder), range(2))
    gc.freeze()


def ours(folder: Path, numbers: range, *, one_file: bool = False, jobs: int = 1) -> None:
    def source() -> Iterator[Wanted]:
        for n in numbers:
            yield Wanted(n + 1, peers.letter(n))

    data = {"data": str(numbers), "day": "2026-11-23"}
    result = run(source, len(numbers), folder / "out", data, keep_good=True, one_file=one_file, jobs=jobs)
    assert (result.state, result.made, result.refused) == ("done", len(numbers), ())


def by_canvas(folder: Path, shown: list[peers.Drawn]) -> None:
    for n, each in enumerate(shown):
        peers.bare(str(folder / f"{n}.pdf"), iter([each]))


def taken(do: Callable[[Path], None], count: int, clock: Callable[[], float] = process_time) -> tuple[float, float]:
    """Seconds and bytes a letter; processor time of one core, unless the work is done by other processes."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        began = clock()
        do(folder)
        seconds = (clock() - began) / count
        sizes = [path.stat().st_size for path in folder.rglob("*.pdf")]
        return seconds, sum(sizes) / count


def test_one_file_each_beside_a_bare_canvas(board: Board) -> None:
    """The same strings in the same places; the canvas is given them ready, we read, check, set and write a context."""
    each = LETTERS // TURNS
    shown = [peers.drawn(n) for n in range(each)]
    assert all(one.pages == 1 for one in shown)
    mine, theirs = [], []
    for turn in range(TURNS):
        numbers = range(turn * each, (turn + 1) * each)
        mine.append(taken(lambda folder, numbers=numbers: ours(folder, numbers), each))  # type: ignore[misc]
        theirs.append(taken(lambda folder: by_canvas(folder, shown), each))
    seconds, bytes_ = [row[0] for row in mine], [row[1] for row in mine]
    canvas = [row[0] for row in theirs]
    board.ratio("a letter, one file each, against a bare canvas (one core)", seconds, canvas, aim=0.1)
    board.ratio("bytes a letter, against the bare canvas", bytes_, [row[1] for row in theirs], unit="B")
    board.ratio("bytes a letter, against 40 kB", bytes_, [AIM_BYTES] * len(bytes_), aim=1.0, unit="B")


def test_one_print_file_beside_one_canvas(board: Board) -> None:
    """Ours also makes each letter alone, for its hash; the canvas only draws."""
    each = LETTERS // TURNS * 3
    shown = [peers.drawn(n) for n in range(LETTERS // TURNS)] * 3
    mine, theirs = [], []
    for turn in range(3):
        numbers = range(turn * each, (turn + 1) * each)
        mine.append(taken(lambda folder, numbers=numbers: ours(folder, numbers, one_file=True), each))  # type: ignore[misc]
        theirs.append(taken(lambda folder: peers.bare(str(folder / "all.pdf"), iter(shown)), each))
    board.ratio("a letter in one print file, against one canvas", [m[0] for m in mine], [t[0] for t in theirs], aim=1.5)
    board.ratio(
        "bytes a letter in one print file, against the canvas", [m[1] for m in mine], [t[1] for t in theirs], unit="B"
    )


def test_beside_weasyprint(board: Board) -> None:
    if importlib.util.find_spec("weasyprint") is None or not _pango():
        pytest.skip("WeasyPrint or its Pango is not installed; see tools/setup bench")
    from weasyprint import HTML
    from weasyprint.text.fonts import FontConfiguration

    fonts = FontConfiguration()

    def by_web(folder: Path, numbers: range) -> None:
        for n in numbers:
            HTML(string=peers.web_page(n)).write_pdf(folder / f"{n}.pdf", font_config=fonts)

    each = BY_WEB // 2
    mine, theirs = [], []
    for turn in range(2):
        numbers = range(turn * each, (turn + 1) * each)
        mine.append(taken(lambda folder, numbers=numbers: ours(folder, numbers), each))  # type: ignore[misc]
        theirs.append(taken(lambda folder, numbers=numbers: by_web(folder, numbers), each))  # type: ignore[misc]
    board.ratio("a letter, against WeasyPrint (one core)", [m[0] for m in mine], [t[0] for t in theirs])
    board.ratio("bytes a letter, against WeasyPrint", [m[1] for m in mine], [t[1] for t in theirs], unit="B")


def _pango() -> bool:
    try:
        import weasyprint.text.ffi  # noqa: F401  # loads the library
    except OSError:
        return False
    return True


def test_beside_word_and_libreoffice(board: Board) -> None:
    if importlib.util.find_spec("docx") is None or not peers.writer_installed():
        pytest.skip("python-docx or LibreOffice Writer is not installed; see tools/setup bench")

    def by_word(folder: Path) -> None:
        peers.converted(folder, peers.word_files(folder, range(BY_WORD)))

    mine = taken(lambda folder: ours(folder, range(BY_WORD)), BY_WORD, perf_counter)
    theirs = taken(by_word, BY_WORD, perf_counter)
    board.ratio("a letter, against Word files and LibreOffice", [mine[0]], [theirs[0]])
    board.ratio("bytes a letter, against LibreOffice", [mine[1]], [theirs[1]], unit="B")


def test_on_both_cores(board: Board) -> None:
    """A real template of two pages, processes started and ended, the manifest written, all of it forced to the disk."""

    def source() -> Iterator[Wanted]:
        for n in range(LETTERS):
            yield Wanted(n + 1, real_letter(n))

    def batch(folder: Path, jobs: int) -> None:
        assert run(source, LETTERS, folder / "out", {"data": "x"}, keep_good=True, jobs=jobs).made == LETTERS

    both = taken(lambda folder: batch(folder, 0), LETTERS, perf_counter)
    one = taken(lambda folder: batch(folder, 1), LETTERS, perf_counter)
    board.ratio("a two-page letter of a real batch, all cores against one", [both[0]], [one[0]])


@pytest.mark.parametrize("form", ["each", "one"])
def test_memory_is_flat(board: Board, form: str) -> None:
    few, many = (_peak(count, form) for count in MANY)
    name = f"peak memory of {MANY[1]:,} letters against {MANY[0]:,}, {'one file' if form == 'one' else 'a file'} each"
    board.ratio(name, [many], [few], aim=1.2, unit="MiB")


def _peak(count: int, form: str) -> float:
    """MiB of the process that leads and of the largest helper together."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "tests.benchmarks.letter_memory", folder, str(count), form]
        done = subprocess.run(command, check=True, capture_output=True, text=True, cwd=Path(__file__).parents[2])
        shutil.rmtree(folder, ignore_errors=True)
        Path(folder).mkdir(exist_ok=True)
    told: dict[str, Any] = json.loads(done.stdout)
    assert told["made"] == count
    return float(told["leader"] + told["helper"])
