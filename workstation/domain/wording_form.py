"""The `wording` command's JSON form. A contract: fields may be added, never changed or dropped."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from workstation.domain.forms import Form, read_form
from workstation.domain.wording import Facts, Finding, Language, Party, check


class _Facts(Form, frozen=True):
    legal_step_taken: bool = False
    credit_reported: bool = False
    waiver_available: bool = False
    identity_verified: bool = False


class _Request(Form, frozen=True):
    jurisdiction: str
    language: Language
    party: Party
    text: str
    facts: _Facts = _Facts()


def run_wording(request: Mapping[str, object]) -> dict[str, object]:
    """The findings as JSON values. `InputError` names the field that is missing, unknown or of the wrong form."""
    form = read_form(request, _Request)
    facts = Facts(**msgspec.structs.asdict(form.facts))
    findings = check(form.text, form.language, form.jurisdiction, form.party, facts)
    return {"findings": [_answer(finding) for finding in findings], "ok": not findings}


def _answer(finding: Finding) -> dict[str, object]:
    answer = finding._asdict()
    answer["class"] = answer.pop("kind")
    return {key: answer[key] for key in ("start", "end", "rule", "class", "why", "suggestion", "source")}
