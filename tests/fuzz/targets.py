# ruff: noqa: E501  # tables of samples
"""What is read from outside, each as a function of bytes that ends by itself or in the error its contract names.

A target gets at what is behind the first check too: a document comes from a well-formed one, spoilt here and there.
`draw` makes an input from a seed; the suite and the mutator of `make fuzz` share it.
"""

from __future__ import annotations

import contextlib
import io
import json
import shutil
import tempfile
import tomllib
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

import msgspec

from tests.fuzz.values import TEXTS, of_type, spoilt, spoilt_text
from workstation.domain.errors import WorkstationError

TODAY = date(2026, 11, 23)
ROOT = Path(__file__).resolve().parents[2]
RESOURCES = ROOT / "resources"


@dataclass(frozen=True)
class Target:
    """`run` raises when something is wrong; `draw` makes an input that is wrong in an interesting way."""

    run: Callable[[bytes], None]
    draw: Callable[[Random], bytes]
    room: str  # whose coverage is measured


# --- files to import --------------------------------------------------------------------------------------------------

COLUMNS = (
    "客户号,姓名,证件号码,账号,本金,利息,手机号码\nK1,张伟,330102198505170012,6217000000004031,1234.56,1.00,13800000000\n",
    'account_number,value_date,amount,reference\n6217000000004031,2026-11-20,"1,600.00",R1\n',
    "account_number;principal;first_unpaid_due\n6217000000004031;12,50;2026/09/05\n",
)


@cache
def _book_header() -> str:
    from workstation.desk.importing.mapping import load_mapping

    columns = load_mapping("standard", "book").sheet.columns
    return ",".join(name if isinstance(name, str) else name[0] for name in columns.values())


def _read_book(name: str, data: bytes) -> None:
    from workstation.desk.importing.books import Target as Book
    from workstation.desk.importing.books import book_tables
    from workstation.desk.importing.mapping import load_mapping
    from workstation.desk.importing.reading import RowError, read_table

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, name)
        path.write_bytes(data)
        try:
            table = read_table(path)
            errors: list[RowError] = []
            book_tables(table.rows, load_mapping("standard", "book"), Book(TODAY, "book"), errors)
        except WorkstationError:
            return
    for error in errors:
        error.reason.plain()


def csv_book(data: bytes) -> None:
    _read_book("book.csv", data)


def draw_csv(random: Random) -> bytes:
    header = _book_header()
    cells = [
        [random.choice((*TEXTS, "2026-09-05", "1600.00", "13800000000")) for _ in header.split(",")] for _ in range(3)
    ]
    made = header + "\n" + "\n".join(",".join(row) for row in cells)
    text = spoilt_text(random.choice((made, *COLUMNS)), random)
    encoding = random.choice(("utf-8", "utf-8-sig", "gb18030", "utf-16", "latin-1"))
    return text.encode(encoding, "surrogatepass" if encoding.startswith("utf") else "ignore")


def xlsx_book(data: bytes) -> None:
    """The first byte says whether the rest is a whole file, or the XML of its sheet, book or shared texts."""
    from tests.security.hostile_files import workbook

    if not data:
        return
    which, rest = data[0] % 4, data[1:]
    if which == 0:
        _read_book("book.xlsx", b"PK\x03\x04" + rest)
        return
    with tempfile.TemporaryDirectory() as folder:
        part = {1: "xl/worksheets/sheet1.xml", 2: "xl/workbook.xml", 3: "xl/sharedStrings.xml"}[which]
        whole = workbook(Path(folder, "whole.xlsx"), SHEET)
        packed = io.BytesIO()
        with zipfile.ZipFile(whole) as parts, zipfile.ZipFile(packed, "w") as changed:
            for name in parts.namelist():
                changed.writestr(name, rest if name == part else parts.read(name))
            if part not in parts.namelist():
                changed.writestr(part, rest)
        _read_book("book.xlsx", packed.getvalue())


SHEET = (
    '<?xml version="1.0"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
    '<row r="1"><c r="A1" t="inlineStr"><is><t>账号</t></is></c><c r="B1" t="s"><v>0</v></c></row>'
    '<row r="2"><c r="A2"><v>6217000000004031</v></c><c r="B2" s="1"><v>45000.5</v></c><c r="C2" t="b"><v>1</v></c>'
    '<c r="D2" t="e"><v>#REF!</v></c><c r="E2"><f>A2+1</f><v>2</v></c></row></sheetData></worksheet>'
)
_XML = (
    "XFD1048576",
    "A0",
    "ZZZ1",
    "-1",
    "1e999",
    "&#0;",
    "&#x10FFFF;",
    "<c",
    "/>",
    '"',
    "]]>",
    "<!--",
    't="s"',
    "99999999999",
)


def draw_xlsx(random: Random) -> bytes:
    text = SHEET
    for _ in range(random.randrange(1, 4)):
        at = random.randrange(len(text))
        text = text[:at] + random.choice(_XML) + text[at + random.choice((0, 0, 1, 5)) :]
    return bytes([random.choice((1, 1, 1, 2, 3))]) + text.encode()


# --- records ----------------------------------------------------------------------------------------------------------


def event_body(data: bytes) -> None:
    """`kind`, a line feed, the body: it is decoded, kept as it is, and folded into a case."""
    from workstation.domain.case_state import fold
    from workstation.domain.events import Event, Unknown, decode_body, encode_body, event_hash, without_controls

    kind, _, text = data.decode("utf-8", "replace").partition("\n")
    body = decode_body(kind, text)
    if isinstance(body, Unknown):
        return
    again = encode_body(without_controls(body))
    assert encode_body(without_controls(decode_body(kind, again))) == again
    event = Event(
        id="0192f0c1-0000-7000-8000-000000000001", case_id="0192f0c1-0000-7000-8000-000000000002", kind=kind,
        occurred_at=datetime(2026, 11, 23, 8, tzinfo=UTC), author="0192f0c1-0000-7000-8000-000000000003",
        device="0192f0c1-0000-7000-8000-000000000004", body=again,
    )  # fmt: skip
    event_hash(event)
    fold([event])


def draw_event(random: Random) -> bytes:
    from workstation.domain.events import BODIES

    kind = random.choice(sorted(BODIES))
    body = of_type(BODIES[kind], random)
    if random.random() < 0.5:
        body = spoilt(body, random)
    return (kind + "\n" + json.dumps(body, ensure_ascii=random.random() < 0.5)).encode("utf-8", "replace")


@cache
def _prepared_store() -> tuple[Path, list[str]]:
    from local_db.engine import open_store
    from tests.local_db.small_book import KEY, fill

    path = Path(tempfile.mkdtemp(prefix="fuzz-")) / "li.na.store"
    store = open_store(path, KEY)
    cases = fill(store)
    store.overwrite_log()
    store.close()
    return path, cases


def pulled_rows(data: bytes) -> None:
    """`{table: [[…]]}` as the centre might send it: applied whole, or refused whole and the store as it was."""
    from local_db import projections
    from local_db.engine import open_store
    from tests.local_db.small_book import AUTHOR, KEY
    from workstation import tables
    from workstation.sync.engine import _sensible
    from workstation.sync.pull import Pulled

    try:
        sent = json.loads(data)
    except (ValueError, RecursionError):
        return
    if not isinstance(sent, dict):
        return
    rows: dict[str, list[Any]] = {}
    for table in tables.REPLICATED:
        width = len(table.columns)
        given = sent.get(table.name)
        # COPY delivers texts and nothing, as many as there are columns; more than that no centre can send.
        rows[table.name] = [
            tuple(None if cell is None else _cell(cell) for cell in row)
            for row in (given if isinstance(given, list) else [])
            if isinstance(row, list) and len(row) == width
        ]
    source, cases = _prepared_store()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, source.name)
        for part in source.parent.iterdir():
            shutil.copy(part, folder)
        store = open_store(path, KEY)
        try:
            pulled = Pulled(7, set(cases[:1]), set(), rows)
            with contextlib.suppress(WorkstationError):
                _sensible(store, pulled, set(cases), set(), AUTHOR, 0, TODAY, first=False)
            with store.read() as conn:
                assert projections.check(conn, TODAY) == []
        finally:
            store.close()


def _cell(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def draw_pulled(random: Random) -> bytes:
    from workstation import tables

    _, cases = _prepared_store()
    sent: dict[str, list[list[Any]]] = {}
    for table in random.sample(tables.REPLICATED, random.randrange(1, 4)):
        row: list[Any] = []
        for column in table.columns:
            name = column.name
            if name in {"id", "case_id"} or name.endswith("_id") or column.type is tables.Id:
                row.append(random.choice((*cases, "0192f0c1-0000-7000-8000-000000000001", "x")))
            elif column.type is tables.Moment:
                row.append(random.choice(("2026-11-23T08:00:00.000000Z", "0001-01-01T00:00:00.000000Z", "soon")))
            elif column.type is tables.Day:
                row.append(random.choice(("2026-11-23", "9999-12-31", "0001-01-01", "20261123")))
            elif name == "kind" and table is tables.case_event:
                row.append(draw_event(random).partition(b"\n")[0].decode())
            elif name == "body":
                row.append(draw_event(random).partition(b"\n")[2].decode("utf-8", "ignore"))
            else:
                row.append(random.choice(("1", "0", "CNY", "zh-CN", "phone", "mobile", "张伟", None, *TEXTS)))
        sent[table.name] = [row, *([row] if random.random() < 0.1 else [])]
    return json.dumps(sent).encode()


def push_answers(data: bytes) -> None:
    """Whatever the centre answers to a batch, an event is confirmed or refused only when it plainly says so."""
    from workstation.sync.push import _send

    try:
        said = json.loads(data)
    except (ValueError, RecursionError):
        return
    rows = [row for row in said if isinstance(row, list) and len(row) == 3] if isinstance(said, list) else []
    asked = [_Waiting("a"), _Waiting("b")]
    verdicts = _send(_Answering(rows), asked)  # type: ignore[arg-type]
    assert set(verdicts) <= {"a", "b"}
    for one, reason in verdicts.items():
        said_of_it = [row[1] for row in rows if row[0] == one]
        wanted = ["accepted", "duplicate"] if reason is None else ["refused"]
        assert all(word in wanted for word in said_of_it), "what contradicts itself confirms nothing"


class _Waiting:
    def __init__(self, identifier: str) -> None:
        self.id = identifier

    def _asdict(self) -> dict[str, str]:
        return {"id": self.id}


class _Answering:
    """The two calls of a connection that pushing makes; what comes back is the fuzzer's."""

    def __init__(self, rows: list[list[Any]]) -> None:
        self.rows = [tuple(_hashable(cell) for cell in row) for row in rows]

    def execute(self, *_: object) -> _Answering:
        return self

    def fetchall(self) -> list[tuple[Any, ...]]:
        return self.rows

    def commit(self) -> None:
        pass


def _hashable(cell: Any) -> Any:
    return cell if cell is None or isinstance(cell, str) else json.dumps(cell)


def draw_answers(random: Random) -> bytes:
    words = ("a", "b", "c", "accepted", "duplicate", "refused", "bad_hash", None, 1, "")
    rows = [
        [random.choice(words[:3]), random.choice(words[3:]), random.choice(words)] for _ in range(random.randrange(5))
    ]
    return json.dumps(spoilt(rows, random) if rows and random.random() < 0.3 else rows).encode()


def told(data: bytes) -> None:
    """What is asked, a line feed, rows: as a centre that is none might tell reviews, lent authority, reports, figures."""
    from local_db import lent, reviews
    from workstation.domain.indicator_case import Period
    from workstation.sync import coaching, figures, lending, reports
    from workstation.sync.link import SCHEMA, Welcome

    what, _, text = data.decode("utf-8", "replace").partition("\n")
    try:
        said = json.loads(text)
    except (ValueError, RecursionError):
        return
    link: Any = _Telling([tuple(row) for row in said if isinstance(row, list)] if isinstance(said, list) else [])
    welcome = Welcome("e", datetime(2026, 11, 23, tzinfo=UTC), "p", "l", "n", "lead", None, None, SCHEMA)
    with contextlib.suppress(WorkstationError):
        match what:
            case "reviews":
                again = msgspec.json.encode(coaching.ask(link, welcome))
                msgspec.json.decode(again, type=tuple[reviews.Review, ...])
            case "lent":
                msgspec.json.decode(msgspec.json.encode(lending.ask(link, welcome)[0]), type=tuple[lent.Lent, ...])
            case "reports":
                for row in reports.handed_in(link, "daily", TODAY, TODAY):
                    row.words.partition("\n")
            case "cases":
                figures.cases(link, "coverage", Period(TODAY, TODAY), None, 9)
            case "figures":
                link.rows = [(said,)]
                figures.figures(link, Period(TODAY, TODAY), None)


class _Telling:
    """A connection whose every question has the same answer, but the one after the schema."""

    def __init__(self, rows: list[tuple[Any, ...]]) -> None:
        self.rows = rows
        self._asked = ""

    def execute(self, query: object, *_: object) -> _Telling:
        self._asked = str(query)
        return self

    def fetchall(self) -> list[tuple[Any, ...]]:
        return self.fetch_schema() if "central_meta" in self._asked else self.rows

    def fetchone(self) -> tuple[Any, ...] | None:
        return next(iter(self.fetchall()), None)

    def fetch_schema(self) -> list[tuple[Any, ...]]:
        return [("9999",)]

    def commit(self) -> None:
        pass

    def transaction(self) -> contextlib.AbstractContextManager[None]:
        return contextlib.nullcontext()


_TELLINGS: dict[str, list[Any]] = {
    "reviews": [["r", "c", "l", "k", "e", "call@1", {"opening": 1}, ["x"], 500, "好", "2026-11-23T08:00:00Z", None]],
    "lent": [["d", "a", "b", "2026-11-23T08:00:00Z", "2026-11-25T08:00:00Z", "away"]],
    "reports": [["r", "李娜", "2026-11-23", "好", {"calls": 1}, "2026-11-23T08:00:00Z"]],
    "cases": [["k", "N1", "张伟", "李娜", 1, 2]],
}
_FIGURES = {
    "pairs": {"CNY": {"coverage": [1, 2, 1]}}, "rolls": [["CNY", 1, 2, 3, 4]], "hours": [[9, 1, 1]],
    "as_of": "2026-11-23T08:00:00+08:00", "zone": "Asia/Shanghai",
}  # fmt: skip


def draw_told(random: Random) -> bytes:
    what = random.choice((*_TELLINGS, "figures"))
    said = spoilt(_FIGURES if what == "figures" else _TELLINGS[what], random)
    return f"{what}\n{json.dumps(said)}".encode("utf-8", "replace")


# --- photos -----------------------------------------------------------------------------------------------------------


def attachment_chunks(data: bytes) -> None:
    """The size a centre names, in 4 bytes, and chunks, each after its length: whole by its hash, or not taken."""
    import hashlib

    from workstation.sync.attachments import LARGEST_WHOLE, AttachmentAbsent, fetch

    size, rest, chunks = int.from_bytes(data[:4], "big", signed=True), data[4:], []
    while rest:
        chunks.append(rest[1 : 1 + rest[0]])
        rest = rest[1 + rest[0] :]
    link = _Handing(size, chunks)
    wanted = hashlib.sha256(b"".join(chunks)[: max(size, 0)]).hexdigest()
    try:
        found = fetch(lambda: contextlib.nullcontext(link), "case", wanted)  # type: ignore[arg-type,return-value]
    except (WorkstationError, AttachmentAbsent):
        return
    assert found is not None
    assert 0 < len(found[0]) == size <= LARGEST_WHOLE
    assert hashlib.sha256(found[0]).hexdigest() == wanted


class _Handing:
    autocommit = False

    def __init__(self, size: int, chunks: list[bytes]) -> None:
        self._answers: list[tuple[Any, ...]] = [(size, "image/jpeg"), *((chunk,) for chunk in chunks)]

    def execute(self, *_: object) -> _Handing:
        return self

    def cursor(self, **_: object) -> contextlib.AbstractContextManager[_Handing]:
        return contextlib.nullcontext(self)

    def fetchone(self) -> tuple[Any, ...] | None:
        return self._answers.pop(0) if self._answers else None


def draw_chunks(random: Random) -> bytes:
    chunks = [random.randbytes(random.choice((1, 2, 200, 255))) for _ in range(random.randrange(5))]
    size = sum(map(len, chunks)) + random.choice((0, 0, 0, 1, -1, 2**31 - 1 - 2000, -5000))
    return size.to_bytes(4, "big", signed=True) + b"".join(bytes([len(one)]) + one for one in chunks)


def photo(data: bytes) -> None:
    from zoneinfo import ZoneInfo

    from PIL import Image

    from workstation.desk.photos import limits, prepared

    try:
        made = prepared(data, ZoneInfo("Asia/Shanghai"))
    except WorkstationError as error:
        str(error)
        return
    assert len(made.content) <= limits().most_bytes
    assert max(made.width, made.height) <= limits().longest_edge
    with Image.open(io.BytesIO(made.content)) as again:
        assert not again.getexif().get_ifd(0x8825), "the place is never kept in the picture"


@cache
def _photographed() -> tuple[bytes, ...]:
    """Small photos of each kind with everything a camera writes."""
    from PIL import Image

    found = []
    for kind in ("JPEG", "PNG", "WEBP"):
        image = Image.new("RGB", (24, 16), (90, 120, 60))
        exif = Image.Exif()
        exif[0x0112] = 6
        exif[0x010F] = "Maker"
        exif.get_ifd(0x8769).update({0x9003: "2026:11:23 08:15:00", 0x9011: "+08:00"})
        exif.get_ifd(0x8825).update({1: "N", 2: (30.0, 15.0, 10.5), 3: "E", 4: (120.0, 9.0, 1.5), 29: "2026:11:23"})
        out = io.BytesIO()
        image.save(out, kind, exif=exif)
        found.append(out.getvalue())
    return tuple(found)


def draw_photo(random: Random) -> bytes:
    made = bytearray(random.choice(_photographed()))
    for _ in range(random.randrange(1, 6)):
        at = random.randrange(min(len(made), random.choice((40, 300, 100_000))))
        made[at] = random.choice((0, 0xFF, 0x80, random.randrange(256)))
    if random.random() < 0.2:
        del made[random.randrange(len(made)) :]
    return bytes(made)


# --- commands ---------------------------------------------------------------------------------------------------------


def report_wanted(data: bytes) -> None:
    """Span, day, person and whether of the team, a line each, as `workstation report` is told them."""
    from types import SimpleNamespace

    from workstation.cli.report import _wanted

    lines = [*data.decode("utf-8", "replace").split("\n"), "", "", "", ""]
    desk: Any = SimpleNamespace(
        reports=SimpleNamespace(leads=True, people=lambda: {"a": "李娜", "b": "王伟", "c": "王伟"}),
        today=lambda: TODAY, seat=SimpleNamespace(person=SimpleNamespace(id="a")),
    )  # fmt: skip
    try:
        wanted = _wanted(desk, lines[0], lines[1], lines[2] or None, bool(lines[3]))
    except WorkstationError as error:
        error.message.plain()
        return
    assert wanted.period.first <= wanted.day <= wanted.period.last


def draw_report(random: Random) -> bytes:
    days = ("today", "yesterday", "2026-11-30", "0001-01-01", "9999-12-31", "2026-W48-1", "20261130", *TEXTS)
    lines = (random.choice(("daily", "weekly", "")), random.choice(days), random.choice(("", "李娜", "王伟", *TEXTS)),
             random.choice(("", "", "x")))  # fmt: skip
    return spoilt_text("\n".join(lines), random, random.choice((0, 0, 1))).encode("utf-8", "replace")


# --- data files -------------------------------------------------------------------------------------------------------


def _text(read: Callable[[str], object], *also: type[Exception]) -> Callable[[bytes], None]:
    def run(data: bytes) -> None:
        try:
            read(data.decode("utf-8", "replace"))
        except (WorkstationError, *also) as error:
            str(error)

    return run


def _from_files(pattern: str) -> Callable[[Random], bytes]:
    def draw(random: Random) -> bytes:
        path = random.choice(sorted(RESOURCES.glob(pattern)))
        return spoilt_text(path.read_text("utf-8"), random, random.choice((1, 1, 2, 4))).encode("utf-8", "replace")

    return draw


def _rules(text: str) -> None:
    from workstation.domain import rulepack

    rulepack.parse(text, "zh-CN", TODAY)


def _overlay(text: str) -> None:
    from workstation.domain import rulepack

    rulepack.overlay(rulepack.load("zh-CN", TODAY), text, "house.toml", TODAY)


OVERLAY = (
    'jurisdiction = "zh-CN"\nversion = 2026-11-01\nhouse = "house-1"\n\n[[rule]]\nid = "calls_per_day"\nvalue = 1\n'
    'strength = "house"\neffective = 2026-11-01\ntitle = "x"\nsource = { title = "house" }\n'
)


def draw_overlay(random: Random) -> bytes:
    return spoilt_text(OVERLAY, random, random.choice((1, 2))).encode("utf-8", "replace")


def _strategy(text: str) -> None:
    from workstation.domain import strategy_file

    strategy_file.read(text, "strategy.toml")


def _script(text: str) -> None:
    from workstation.domain import rulepack, script_file

    script_file.parse(text, "zh-CN.toml", rulepack.load("zh-CN", TODAY))


def _messages(text: str) -> None:
    from workstation.domain import messaging

    messaging.read(text, "messages.toml")


def _letter_template(text: str) -> None:
    from letters import templates

    templates.parse(text)


def _article(text: str) -> None:
    from workstation.domain import knowledge

    knowledge.read(text, "article.md", "en")


def _coaching(text: str) -> None:
    from workstation.domain import coaching

    form = coaching.parse(text)
    coaching.score(form, {one.id: one.most for one in form.criteria})


def _masking(text: str) -> None:
    from workstation.domain import privacy

    privacy.read(text)


# --- forms of the command line ----------------------------------------------------------------------------------------


def _form(compute: Callable[[dict[str, Any]], object]) -> Callable[[bytes], None]:
    def run(data: bytes) -> None:
        try:
            request = json.loads(data)
        except (ValueError, RecursionError):
            return
        if not isinstance(request, dict):
            return
        try:
            answer = compute(request)
        except WorkstationError as error:
            error.message.plain()
            return
        json.dumps(answer, ensure_ascii=False)

    return run


def _plan(request: dict[str, Any]) -> object:
    from workstation.domain.plan_form import run_plan

    return run_plan(request)


def _allocate(request: dict[str, Any]) -> object:
    from workstation.domain.allocate_form import run_allocate

    return run_allocate(request)


def _gate(request: dict[str, Any]) -> object:
    from workstation.domain.gate_form import run_gate

    return run_gate(request)


def _kpi(request: dict[str, Any]) -> object:
    from workstation.domain.kpi_form import run_kpi

    return run_kpi(request)


def _wording(request: dict[str, Any]) -> object:
    from workstation.domain.wording_form import run_wording

    return run_wording(request)


def _letter(request: dict[str, Any]) -> object:
    from letters.render import render

    made = render(request).pdf
    for word in (b"/JavaScript", b"/Launch", b"/EmbeddedFile", b"/OpenAction"):  # long enough not to come by chance
        assert word not in made, "a letter does nothing when it is opened"
    return None


PLAN = {
    "as_of": "2026-11-23", "jurisdiction": "zh-CN", "currency": "CNY", "days_past_due": 78, "clock": "running",
    "balance": {"principal": "41280.00", "interest": "5102.44", "penalty": "2230.83", "fees": "0.00", "costs": "0.00"},
    "waive": {"penalty": "2230.83"}, "method": "interest_free", "annual_rate": "0", "instalment_amount": "1600.00",
    "first_due": "2026-11-30", "frequency": "monthly", "business_days": "following", "role": "collector",
    "discount_rate": "0.06",
}  # fmt: skip
METHODS = (
    "equal_instalment",
    "equal_principal",
    "interest_free",
    "stepped",
    "down_payment",
    "balloon",
    "settlement",
    "custom",
)


def _draw_form(module: str, name: str, base: dict[str, Any] | None = None) -> Callable[[Random], bytes]:
    def draw(random: Random) -> bytes:
        struct = getattr(__import__(module, fromlist=[name]), name)
        made = of_type(struct, random)
        if base is not None and random.random() < 0.8:
            # A sound request with some fields of another, so that what is behind the first check is reached.
            taken = random.sample(sorted(made), min(len(made), random.randrange(4)))
            made = {**base, **{key: made[key] for key in taken}}
            if "method" in base and random.random() < 0.6:
                made["method"] = random.choice(METHODS)
        if random.random() < 0.5:
            made = spoilt(made, random)
        return json.dumps(made).encode()

    return draw


def _draw_letter(random: Random) -> bytes:
    from tests.journeys.test_commands import LETTER

    return json.dumps(spoilt(LETTER, random, random.choice((0, 1, 1, 2, 3)))).encode()


GATE = {
    "jurisdiction": "zh-CN", "at": "2026-11-23T10:00:00+08:00", "channel": "phone", "party": "debtor",
    "contact_point": {"zone": "Asia/Shanghai"},
}  # fmt: skip
_TOML = (tomllib.TOMLDecodeError, msgspec.ValidationError)

TARGETS: dict[str, Target] = {
    "csv_book": Target(csv_book, draw_csv, "workstation.desk.importing"),
    "xlsx_book": Target(xlsx_book, draw_xlsx, "workstation.desk.importing"),
    "event_body": Target(event_body, draw_event, "workstation.domain"),
    "pulled_rows": Target(pulled_rows, draw_pulled, "workstation.sync"),
    "push_answers": Target(push_answers, draw_answers, "workstation.sync"),
    "told": Target(told, draw_told, "workstation.sync"),
    "attachment_chunks": Target(attachment_chunks, draw_chunks, "workstation.sync"),
    "photo": Target(photo, draw_photo, "workstation.desk"),
    "report_wanted": Target(report_wanted, draw_report, "workstation.cli"),
    "coaching_form": Target(_text(_coaching), _from_files("coaching/*.toml"), "workstation.domain"),
    "rule_pack": Target(_text(_rules), _from_files("rules/zh-CN.toml"), "workstation.domain"),
    "rule_overlay": Target(_text(_overlay), draw_overlay, "workstation.domain"),
    "strategy": Target(_text(_strategy), _from_files("strategies/*.toml"), "workstation.domain"),
    "script": Target(_text(_script), _from_files("scripts/zh-CN.toml"), "workstation.domain"),
    "message_templates": Target(_text(_messages), _from_files("messages/*.toml"), "workstation.domain"),
    "letter_template": Target(_text(_letter_template, *_TOML), _from_files("letters/*.toml"), "letters"),
    "article": Target(_text(_article), _from_files("knowledge/**/*.md"), "workstation.domain"),
    "masking_table": Target(_text(_masking), _from_files("**/masking.toml"), "workstation.domain"),
    "letter_context": Target(_form(_letter), _draw_letter, "letters"),
    "form_plan": Target(_form(_plan), _draw_form("workstation.domain.plan_form", "_Request", PLAN), "workstation.domain"),
    "form_allocate": Target(_form(_allocate), _draw_form("workstation.domain.allocate_form", "_Request"), "workstation.domain"),
    "form_gate": Target(_form(_gate), _draw_form("workstation.domain.gate_form", "_Request", GATE), "workstation.domain"),
    "form_kpi": Target(_form(_kpi), _draw_form("workstation.domain.kpi_form", "_Request"), "workstation.domain"),
    "form_wording": Target(_form(_wording), _draw_form("workstation.domain.wording_form", "_Request"), "workstation.domain"),
}  # fmt: skip
