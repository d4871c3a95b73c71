"""docs/security.md says of every threat what defends, what was tested and what remains; every test it names exists."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TEXT = (ROOT / "docs" / "security.md").read_text("utf-8")
NAMED = re.compile(r"`(tests/[\w/]+\.py)(?:::(test_\w+))?`")
THREATS = (
    "Stolen laptop", "Curious colleague", "Malicious collector exporting the book", "Forged sync client",
    "Stolen database password", "Tampered store or update", "Hostile imported file", "Hostile PDF viewer",
    "Shoulder surfing", "Malicious link in a template",
)  # fmt: skip


@pytest.mark.parametrize("threat", THREATS)
def test_every_threat_has_its_defence_its_tests_and_what_remains(threat: str) -> None:
    section = TEXT.partition(f"### {threat}\n")[2].partition("\n#")[0]
    assert section, "the threat has a section"
    assert NAMED.search(section), "it names tests"
    assert "emains" in section, "it says what remains"


@pytest.mark.parametrize(("path", "name"), sorted(set(NAMED.findall(TEXT))))
def test_every_test_that_is_named_exists(path: str, name: str) -> None:
    assert (ROOT / path).is_file(), path
    if name:
        assert f"def {name}(" in (ROOT / path).read_text("utf-8"), name
