"""`workstation wording --json`: the contract's fields, the language of the reasons, the field at fault."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner, Result

from workstation.cli.compute import wording_command

REQUEST = {
    "jurisdiction": "zh-CN", "language": "zh_CN", "party": "debtor", "text": "😀你这个老 赖",
    "facts": {"legal_step_taken": False, "credit_reported": False, "identity_verified": True},
}  # fmt: skip


def run(request: object) -> Result:
    return CliRunner().invoke(wording_command, ["--json"], input=json.dumps(request))


def test_findings_count_code_points_and_speak_the_requests_language() -> None:
    done = run(REQUEST)
    assert done.exit_code == 0
    answer = json.loads(done.stdout)
    assert answer["ok"] is False
    (finding,) = answer["findings"]
    assert set(finding) == {"start", "end", "rule", "class", "why", "suggestion", "source"}
    assert (finding["start"], finding["end"], finding["class"]) == (4, 7, "insult")
    assert finding["why"] == "带有侮辱、贬低的话。"
    english = json.loads(run({**REQUEST, "language": "en"}).stdout)["findings"][0]
    assert english["why"] == "Insults or belittles somebody."


def test_nothing_found_is_ok() -> None:
    assert json.loads(run({**REQUEST, "text": "您好"}).stdout) == {"findings": [], "ok": True}


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"jurisdiction": "fr-FR"}, "jurisdiction"),
        ({"language": "fr"}, "language"),
        ({"party": "neighbour"}, "party"),
        ({"text": 5}, "text"),
        ({"facts": {"court": True}}, "facts.court"),
        ({"colour": "red"}, "colour"),
    ],
)  # fmt: skip
def test_what_is_not_in_the_contract_ends_with_two_and_names_the_field(change: dict[str, object], field: str) -> None:
    done = run({**REQUEST, **change})
    assert done.exit_code == 2
    assert json.loads(done.stdout)["error"]["field"] == field
    assert done.stderr.strip()
