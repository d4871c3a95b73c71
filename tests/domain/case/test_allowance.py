"""A lead's yes and the contact light: it answers for what warns, holds until its day, and never opens a block."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workstation.domain.allowance import THIRD_PERSON, with_approvals
from workstation.domain.authority import AuthorityTableError
from workstation.domain.case_state import fold
from workstation.domain.case_values import CaseState
from workstation.domain.decision_rules import DECIDED, load, parse
from workstation.domain.events import ApprovalAsked, ApprovalDecided, Correction, Event, encode_body
from workstation.domain.gate_values import Reason, Verdict
from workstation.domain.message import msg

AT = datetime(2026, 11, 23, 2, tzinfo=UTC)
DAY = date(2026, 11, 23)
POINT, OTHER, PERSON = "p1", "p2", "r1"


def event(
    n: int, kind: str, body: str, answers: str | None = None, point: str | None = None, author: str = "li"
) -> Event:
    return Event(id=f"e{n}", case_id="c", kind=kind, occurred_at=AT + timedelta(minutes=n), author=author, device="d",
                 body=body, answers=answers, contact_point=point)  # fmt: skip


def asked(n: int = 1, point: str | None = POINT, **fields: str) -> Event:
    body = ApprovalAsked(reason="why", **{"what": "override", "rule": "dead_point", **fields})  # type: ignore[arg-type]
    return event(n, "approval_asked", encode_body(body), point=point)


def answer(n: int, decision: str, until: date | None = DAY, to: str = "e1", author: str = "chen") -> Event:
    body = ApprovalDecided(decision=decision, until=until, reason="so")  # type: ignore[arg-type]
    return event(n, "approval_decided", encode_body(body), answers=to, author=author)


def verdict(*rules: str, level: str = "warn") -> Verdict:
    reasons = tuple(Reason(rule, level, msg("x"), "art") for rule in rules)  # type: ignore[arg-type]
    return Verdict(level if rules else "allow", reasons, None, None, None, "pack")  # type: ignore[arg-type]


def light(state: CaseState, found: Verdict, *, day: date = DAY, party: str = "debtor", person: str = "") -> Verdict:
    return with_approvals(found, state, channel="call", party=party, person=person, point=POINT, day=day)


def test_an_answered_warning_is_gone_at_its_point_until_its_day() -> None:
    state = fold([asked(), answer(2, "approved")])
    assert light(state, verdict("dead_point")).verdict == "allow"
    assert light(state, verdict("dead_point", "ceased")).reasons == verdict("ceased").reasons
    assert light(state, verdict("dead_point"), day=DAY + timedelta(days=1)).verdict == "warn"
    elsewhere = fold([asked(point=OTHER), answer(2, "approved")])
    assert light(elsewhere, verdict("dead_point")).verdict == "warn"


@given(st.sampled_from(["legal_referral", "third_party", "override"]), st.sampled_from(["dead_point", "ceased"]))
def test_no_yes_opens_a_block(what: str, rule: str) -> None:
    state = fold([asked(what=what, rule=rule, person=PERSON), answer(2, "approved", None)])
    shut = verdict(rule, level="block")
    for party in ("debtor", "related"):
        assert light(state, shut, party=party, person=PERSON) is shut


def test_a_third_person_takes_a_yes_for_that_person() -> None:
    nobody = fold([])
    assert [reason.rule for reason in light(nobody, verdict(), party="related", person=PERSON).reasons] == [
        THIRD_PERSON
    ]
    yes = fold([asked(what="third_party", rule="", person=PERSON, point=None), answer(2, "approved")])
    assert light(yes, verdict(), party="related", person=PERSON).verdict == "allow"
    assert light(yes, verdict(), party="related", person="another").verdict == "warn"
    assert light(nobody, verdict(), party="guarantor", person=PERSON).verdict == "allow", (
        "a guarantor is no third person"
    )


@pytest.mark.parametrize(
    ("answers", "stage"),
    [
        ([], "asked"),
        ([answer(2, "endorsed")], "endorsed"),
        ([answer(2, "endorsed"), answer(3, "approved", author="zhou")], "approved"),
        ([answer(2, "rejected"), answer(3, "approved")], "rejected"),  # the first counts
    ],
)
def test_only_a_yes_holds(answers: list[Event], stage: str) -> None:
    events = [asked(), *answers]
    [known] = fold(events).approvals
    assert (known.stage, known.holds(DAY)) == (stage, stage == "approved")
    assert fold(events[::-1]).approvals == (known,), "in whatever order it arrives"


def test_what_was_taken_back_is_no_request() -> None:
    gone = event(2, "correction", encode_body(Correction(what="undo")), answers="e1")
    assert fold([asked(), gone, answer(3, "approved")]).approvals == ()


def test_the_shipped_table_names_every_decision() -> None:
    assert set(load()) == set(DECIDED)
    plan = load()["plan"]
    assert (plan.needs_two(1_999_999, "CNY"), plan.needs_two(2_000_000, "CNY")) == (False, True)
    assert not plan.needs_two(10**12, "USD"), "no threshold is set in that currency"


@pytest.mark.parametrize(
    "row",
    [
        "",
        'what = "plan"',
        'what = "plan"\nvalid_days = -1\nremind_hours = 1\nfour_eyes = {}',
        'what = "plan"\nvalid_days = true\nremind_hours = 1\nfour_eyes = {}',
        'what = "plan"\nvalid_days = 1\nremind_hours = 1\nfour_eyes = { CNY = "-1" }',
        'what = "plan"\nvalid_days = 1\nremind_hours = 1\nfour_eyes = { XXX = "1" }',
        'what = "plan"\nvalid_days = 1\nremind_hours = 1\nfour_eyes = { CNY = "1.005" }',
        'what = "king"\nvalid_days = 1\nremind_hours = 1\nfour_eyes = {}',
        'what = "plan"\nvalid_days = 1\nremind_hours = 1\nfour_eyes = {}',  # the others are missing
    ],
)
def test_a_faulty_table_says_so(row: str) -> None:
    with pytest.raises(AuthorityTableError, match="faulty"):
        parse(f"[[decision]]\n{row}")
