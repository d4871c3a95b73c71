"""`workstation letter batch`: a file's rows into letters; what is wrong with the file is said at once and by name."""

from __future__ import annotations

import csv
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from letters.render import render
from tests.letters.conftest import BANKS
from workstation.cli import cli

HEAD = "case_number,name,address,postcode,sex,card_tail,principal,interest,first_unpaid_due,card_tail_2,principal_2"
ROWS = (
    'JN-1,王伟,杭州市文三路1号,310012,male,4821,"41,280.00",5102.44,2026/9/6,,',
    "JN-2,李娜,杭州市文三路2号,310013,female,4822,1000,0,2026-09-06,9913,250.5",
    "JN-3,张敏,杭州市文三路3号,310014,,4823,2000,,2026年9月6日,,",
)


@pytest.fixture(autouse=True)
def _english(monkeypatch: pytest.MonkeyPatch) -> None:
    from workstation.cli.language import translator

    monkeypatch.setenv("LC_ALL", "en_GB.UTF-8")
    translator.cache_clear()


@pytest.fixture
def common(tmp_path: Path) -> Path:
    path = tmp_path / "bank.json"
    path.write_text(json.dumps({"bank": BANKS["zh_CN"]}, ensure_ascii=False), "utf-8")
    return path


def file_of(tmp_path: Path, rows: Sequence[str] = ROWS, head: str = HEAD, encoding: str = "utf-8") -> Path:
    path = tmp_path / "letters.csv"
    path.write_bytes("\r\n".join([head, *rows, ""]).encode(encoding))
    return path


def run(source: Path, out: Path, common: Path | None, *more: str, template: str = "reminder") -> Result:
    shared = ["--common", str(common)] if common else []
    fixed = ["--date", "2026-11-23", *shared, "--csv", str(source), "--out", str(out)]
    return CliRunner().invoke(cli, ["letter", "batch", "--template", template, *fixed, *more])


def manifest(out: Path) -> list[dict[str, str]]:
    with (out / "manifest.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def expected(**changes: object) -> Mapping[str, object]:
    return {
        "template": "reminder",
        "language": "zh_CN",
        "jurisdiction": "zh-CN",
        "date": "2026-11-23",
        "pay_by": "2026-12-03",
        "bank": BANKS["zh_CN"],
        **changes,
    }


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_each_row_is_a_letter_as_render_makes_it(tmp_path, common, encoding):
    done = run(file_of(tmp_path, encoding=encoding), tmp_path / "out", common)
    assert done.exit_code == 0, done.output
    rows = manifest(tmp_path / "out")
    assert [(row["row"], row["case_number"]) for row in rows] == [("2", "JN-1"), ("3", "JN-2"), ("4", "JN-3")]
    second = expected(
        case_number="JN-2",
        debtor={"name": "李娜", "address": "杭州市文三路2号", "postcode": "310013", "sex": "female"},
        accounts=[
            {
                "card_tail": "4822",
                "balance": {"principal": "1000.00", "interest": "0.00"},
                "first_unpaid_due": "2026-09-06",
            },
            {"card_tail": "9913", "balance": {"principal": "250.50"}},
        ],
    )
    assert rows[1]["sha256"] == render(second).sha256


def test_dotted_paths_say_the_same_as_short_names(tmp_path, common):
    long = HEAD.replace("name,address", "debtor.name,debtor.address").replace(
        "card_tail_2,principal_2", "accounts[1].card_tail,accounts[1].balance.principal"
    )
    long = long.replace("case_debtor.", "case_")
    assert run(file_of(tmp_path), tmp_path / "a", common).exit_code == 0
    assert run(file_of(tmp_path, head=long), tmp_path / "b", common).exit_code == 0
    assert [row["sha256"] for row in manifest(tmp_path / "a")] == [row["sha256"] for row in manifest(tmp_path / "b")]


def test_wrong_and_missing_columns_are_named_in_one_sentence(tmp_path):
    head = HEAD.replace("principal_2", "principel_2").replace("address", "road").replace("sex", "colour")
    done = run(file_of(tmp_path, head=head), tmp_path / "out", None, "--json")
    assert done.exit_code == 2
    error = json.loads(done.output.splitlines()[0])["error"]
    assert error["code"] == "wrong_columns"
    for name in ("principel_2", "road", "colour", "debtor.address", "bank.name"):
        assert name in error["message"]
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("row", "column", "reason"),
    [
        ("JN-9,王伟,某路,310012,male,4821,four,0,2026-09-06,,", "principal", "amount"),
        ("JN-9,王伟,某路,310012,male,4821,10.001,0,2026-09-06,,", "principal", "decimals"),
        ("JN-9,王伟,某路,310012,male,4821,10,0,2026-02-30,,", "first_unpaid_due", "day"),
        ("JN-9,王伟,某路,310012,man,4821,10,0,2026-09-06,,", "sex", "cannot be read"),
        ("JN-9,王伟,,310012,male,4821,10,0,2026-09-06,,", "address", "address"),
        ("JN-9,王伟,某路", "", "fields"),
    ],
)
def test_a_bad_row_stands_in_the_errors_file_and_the_others_go_on_when_asked(tmp_path, common, row, column, reason):
    source, out = file_of(tmp_path, [*ROWS, row]), tmp_path / "out"
    refused = run(source, out, common)
    assert refused.exit_code == 2
    assert "Row 5" in refused.output
    assert "--keep-good" in refused.output
    assert not list(out.glob("*.pdf"))
    with (tmp_path / "letters.errors.csv").open(encoding="utf-8-sig", newline="") as file:
        (told,) = csv.DictReader(file)
    assert (told["row"], told["column"]) == ("5", column)
    assert reason in told["reason"]
    kept = run(source, out, common, "--keep-good")
    assert kept.exit_code == 0, kept.output
    assert [line["state"] for line in manifest(out)] == ["made", "made", "made", "refused"]


def test_a_dry_run_lists_what_is_missing_and_where(tmp_path, common):
    source = file_of(tmp_path, [*ROWS, "JN-9,,某路,310012,male,4821,10,0,2026-09-06,,"])
    done = run(source, tmp_path / "out", common, "--dry-run", "--json")
    assert done.exit_code == 0
    answer = json.loads(done.stdout)
    assert (answer["state"], answer["total"], answer["ready"]) == ("checked", 4, 3)
    (refused,) = answer["refused"]
    assert (refused["row"], refused["missing"]) == (5, ["debtor.name"])
    assert not (tmp_path / "out").exists()


def test_the_same_command_goes_on_the_next_day_with_the_date_it_began_with(tmp_path, common):
    source, out = file_of(tmp_path), tmp_path / "out"
    arguments = ["letter", "batch", "--template", "reminder", "--csv", str(source), "--common", str(common), "--json"]
    assert run(source, out, common).exit_code == 0
    next(iter(sorted(out.glob("*.pdf")))).unlink()
    again = CliRunner().invoke(cli, [*arguments, "--out", str(out), "--resume"])  # today is another day
    assert again.exit_code == 0, again.output
    answer = json.loads(again.stdout)
    assert (answer["made"], answer["from_before"]) == (3, 2)
    nothing = CliRunner().invoke(cli, [*arguments, "--out", str(tmp_path / "empty"), "--resume"])
    assert nothing.exit_code == 2
    assert "holds no batch" in nothing.stderr


def test_another_file_does_not_go_into_the_folder_of_the_first(tmp_path, common):
    assert run(file_of(tmp_path), tmp_path / "out", common).exit_code == 0
    done = run(file_of(tmp_path, ROWS[:2]), tmp_path / "out", common, "--json")
    assert done.exit_code == 2
    assert json.loads(done.output.splitlines()[0])["error"]["code"] == "other_batch"


@pytest.mark.parametrize(
    ("template", "more", "field"), [("love_letter", (), "template"), ("reminder", ("--language", "de"), "language")]
)
def test_an_unknown_template_or_language_is_refused(tmp_path, common, template, more, field):
    done = run(file_of(tmp_path), tmp_path / "out", common, "--json", *more, template=template)
    assert done.exit_code == 2
    assert json.loads(done.output.splitlines()[0])["error"]["field"] == field


def test_a_file_without_rows_and_one_that_is_no_table(tmp_path, common):
    assert "no rows" in run(file_of(tmp_path, []), tmp_path / "out", common).output
    source = tmp_path / "letters.csv"
    source.write_bytes(b"\x00\x01\x02")
    assert run(source, tmp_path / "out", common).exit_code == 2


def test_one_print_file_by_postcode(tmp_path, common):
    rows = [ROWS[2], ROWS[0], ROWS[1]]
    done = run(file_of(tmp_path, rows), tmp_path / "out", common, "--one-file", "--json")
    assert done.exit_code == 0, done.output
    answer = json.loads(done.stdout)
    assert answer["print_file"] == str(tmp_path / "out" / "letters.pdf")
    told = sorted(manifest(tmp_path / "out"), key=lambda row: int(row["first_page"]))
    assert [row["postcode"] for row in told] == ["310012", "310013", "310014"]
    assert {row["file"] for row in told} == {"letters.pdf"}
    other = run(file_of(tmp_path, rows), tmp_path / "out", common, "--json")
    assert json.loads(other.output.splitlines()[0])["error"]["code"] == "other_batch"


@pytest.mark.skipif(os.name == "nt", reason="signals")
def test_ctrl_c_ends_after_the_letters_under_way_and_the_same_command_goes_on(tmp_path, common):
    rows = [f"JN-{n},王伟,杭州市文三路{n}号,310012,male,4821,1000,0,2026-09-06,," for n in range(300)]
    source, out = file_of(tmp_path, rows), tmp_path / "out"
    command = [
        *(sys.executable, "-m", "workstation", "letter", "batch", "--template", "reminder", "--date", "2026-11-23"),
        *("--csv", str(source), "--common", str(common), "--out", str(out), "--keep-good", "--json"),
    ]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    end = time.monotonic() + 150
    while not (out / "batch.journal").exists() or (out / "batch.journal").read_bytes().count(b"\n") < 18:
        assert time.monotonic() < end
        assert process.poll() is None, process.communicate()
        time.sleep(0.02)
    process.send_signal(signal.SIGINT)
    told, errors = process.communicate(timeout=150)
    assert process.returncode == 2, errors
    answer = json.loads(told)
    assert answer["state"] == "cancelled"
    assert "Run the same command again" in errors
    assert "Traceback" not in errors
    assert len(list(out.glob("*.pdf"))) == answer["made"] < 300
    done = subprocess.run(command, check=True, capture_output=True, text=True, timeout=200)
    answer_again = json.loads(done.stdout)
    assert (answer_again["made"], answer_again["from_before"]) == (300, answer["made"])
