"""Every id of the vocabulary has a label, and labels of one vocabulary differ."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import fields
from typing import get_args, get_type_hints

import pytest

from workstation.desk.views import CallForm
from workstation.domain import vocabulary
from workstation.domain.affordability import Per
from workstation.domain.events import Channel, Direction, Party, PlanDecided, PointChanged
from workstation.domain.labels import LABELS, label_text
from workstation.domain.message import Label
from workstation.domain.money import COMPONENTS
from workstation.domain.promise import PromiseStatus
from workstation.domain.rulepack import JURISDICTIONS, load


@pytest.mark.parametrize(
    ("name", "ids"),
    [
        ("outcome", vocabulary.OUTCOMES),
        ("reason", vocabulary.ARREARS_REASONS),
        ("next_action", vocabulary.NEXT_ACTIONS),
        ("payment_method", vocabulary.PAYMENT_METHODS),
        ("income", vocabulary.BUDGET_INCOME),
        ("spending", vocabulary.BUDGET_SPENDING),
        ("priority_debt", vocabulary.PRIORITY_DEBTS),
        ("per", get_args(Per)),
        ("period", get_args(Per)),
        ("identity_check", vocabulary.IDENTITY_CHECKS),
        ("stage", vocabulary.STAGES),
        ("role", vocabulary.ROLES),
        ("component", COMPONENTS),
        ("channel", get_args(Channel)),
        ("direction", get_args(Direction)),
        ("party", get_args(Party)),
        ("promise_status", get_args(PromiseStatus)),
        ("plan_decision", get_args(get_type_hints(PlanDecided)["decision"])),
        ("point_state", get_args(get_type_hints(PointChanged)["state"])),
        ("jurisdiction", JURISDICTIONS),
        ("point_source", load("zh-CN").texts("contact_sources")),
        ("letter_content", load("zh-CN").letter_contents),
        ("plan_clause", load("zh-CN").texts("plan_clauses")),
        ("call_field", tuple(field.name for field in fields(CallForm))),
    ],
)
def test_every_id_has_a_label(name: str, ids: tuple[str, ...]) -> None:
    for key in ids:
        assert label_text(Label(name, key))
        assert (name, key) in LABELS


def test_labels_of_one_vocabulary_differ() -> None:
    shown: dict[str, list[str]] = defaultdict(list)
    for (name, _), text in LABELS.items():
        shown[name].append(text)
    shown.pop("revealed")  # `card` and `card_number` are the same thing
    for name, texts in shown.items():
        assert len(set(texts)) == len(texts), name


def test_an_id_of_a_newer_version_is_shown_as_it_is() -> None:
    assert label_text(Label("outcome", "hologram")) == "hologram"
