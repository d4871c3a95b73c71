"""The command line as a user meets it: JSON in and out, exit codes, sentences in both languages."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
PLAN = {
    "as_of": "2026-11-23", "jurisdiction": "zh-CN", "currency": "CNY", "days_past_due": 78, "clock": "running",
    "balance": {"principal": "41280.00", "interest": "5102.44", "penalty": "2230.83", "fees": "0.00", "costs": "0.00"},
    "waive": {"penalty": "2230.83"}, "method": "interest_free", "annual_rate": "0", "instalment_amount": "1600.00",
    "first_due": "2026-11-30", "frequency": "monthly", "business_days": "following", "role": "collector",
    "discount_rate": "0.06",
}  # fmt: skip
LETTER = {
    "template": "demand", "language": "zh_CN", "jurisdiction": "zh-CN", "date": "2026-11-23", "pay_by": "2026-12-03",
    "debtor": {"name": "王晓明", "address": "杭州市西湖区文一路1号"},
    "bank": {"name": "示例银行", "phone": "95000", "address": "杭州市上城区示例路1号"},
    "accounts": [{"card_tail": "4031", "balance": PLAN["balance"]}],
}  # fmt: skip


def run(*arguments: str, given: object = None, lang: str = "C.UTF-8") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "workstation", *arguments],
        cwd=ROOT,
        env={**{k: v for k, v in os.environ.items() if not k.startswith("LC_")}, "LANG": lang},
        input=given if isinstance(given, str) else "" if given is None else json.dumps(given),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_plan_gives_the_contracts_example() -> None:
    done = run("plan", "--json", given=PLAN)
    assert done.returncode == 0
    answer = json.loads(done.stdout)
    assert answer["instalments"] == 29
    assert answer["payoff"] == "2029-03-30"
    assert answer["totals"]["paid"] == "46382.44"
    assert answer["schedule"][0]["interest"] == "1600.00"


def test_plan_without_a_solution_ends_with_two_and_the_nearest() -> None:
    done = run("plan", "--json", given={**PLAN, "instalment_amount": "1.00"})
    assert done.returncode == 2
    error = json.loads(done.stdout)["error"]
    assert error["code"] == "no_solution"
    assert error["nearest"]
    assert done.stderr.strip()


def test_an_unknown_field_and_broken_json_are_refused() -> None:
    unknown = run("plan", "--json", given={**PLAN, "colour": "red"})
    assert (unknown.returncode, "colour" in unknown.stdout) == (2, True)
    broken = run("allocate", "--json", given="{not json")
    assert json.loads(broken.stdout)["error"]["code"] == "bad_json"


def test_allocate_pays_interest_first_up_to_day_ninety_and_principal_after() -> None:
    request = {
        "jurisdiction": "zh-CN", "currency": "CNY", "value_date": "2026-11-23", "amount": "100.00",
        "accounts": [{"id": "A", "first_unpaid_due": "2026-11-01", "balance": PLAN["balance"]}],
    }  # fmt: skip
    early = json.loads(run("allocate", "--json", given=request).stdout)
    assert early["accounts"][0]["applied"]["interest"] == "100.00"
    request["accounts"][0]["first_unpaid_due"] = "2026-01-01"  # type: ignore[index]
    late = json.loads(run("allocate", "--json", given=request).stdout)
    assert late["accounts"][0]["applied"]["principal"] == "100.00"


def test_amount_writes_chinese_characters() -> None:
    done = run("amount", "48613.27")
    assert done.stdout.strip() == "人民币肆万捌仟陆佰壹拾叁元贰角柒分"
    assert run("amount", "a lot").returncode == 2


def test_a_letter_is_rendered_verified_and_refused(tmp_path: Path) -> None:
    out = tmp_path / "letter.pdf"
    made = run("letter", "render", "--json", "--out", str(out), given=LETTER)
    assert made.returncode == 0, made.stderr
    assert json.loads(made.stdout)["sha256"]
    same = run("letter", "verify", str(out), "--json", given=LETTER)
    assert json.loads(same.stdout)["same"] is True
    out.write_bytes(out.read_bytes() + b" ")
    assert json.loads(run("letter", "verify", str(out), "--json", given=LETTER).stdout)["same"] is False
    missing = tmp_path / "none.pdf"
    refused = run("letter", "render", "--json", "--out", str(missing), given={**LETTER, "debtor": {}})
    assert refused.returncode == 2
    assert not missing.exists()


def test_help_speaks_the_persons_language() -> None:
    assert "Commands" in run("--help").stdout
    chinese = run("--help", lang="zh_CN.UTF-8").stdout
    assert "催收" in chinese


def test_the_doctor_finds_what_is_there_and_shows_no_secret() -> None:
    done = run("doctor")
    assert done.returncode in {0, 2}
    assert len(done.stdout.splitlines()) >= 4


def test_a_preview_reads_a_book_without_a_database(tmp_path: Path) -> None:
    book = tmp_path / "book.csv"
    book.write_text("reference,name,account_number,principal,stage\nR1,张三,6228480000000017,100.00,M2\n", "utf-8")
    done = run("import", "book", str(book), "--preview", "--as-of", "2026-11-23")
    assert done.returncode == 0, done.stderr
    assert "张三" in done.stdout
