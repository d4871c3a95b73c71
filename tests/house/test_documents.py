"""Documents stay true: links lead somewhere, every dependency is explained, every lock entry has hashes."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
DOCUMENTS = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])
LINK = re.compile(r"\[[^\]]*\]\(([^)#\s]+)(?:#[^)]*)?\)")
PINNED = re.compile(r"^([A-Za-z0-9_.-]+)==(\S+)", re.MULTILINE)


def asked_for(name: str) -> set[str]:
    """Package names of a `requirements/*.in`, as written there."""
    lines = (ROOT / "requirements" / name).read_text(encoding="utf-8").splitlines()
    return {re.split(r"[\[<>=~! ]", line)[0] for line in lines if line and not line.startswith("#")}


def pinned(name: str) -> dict[str, set[str]]:
    """Package → pinned versions (more than one when they depend on the Python version)."""
    found: dict[str, set[str]] = {}
    for package, version in PINNED.findall((ROOT / "requirements" / name).read_text(encoding="utf-8")):
        found.setdefault(package, set()).add(version)
    return found


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_links_lead_somewhere(document: Path) -> None:
    targets = LINK.findall(document.read_text(encoding="utf-8"))
    gone = [target for target in targets if "://" not in target and not (document.parent / target).exists()]
    assert not gone


def test_every_package_is_explained_and_nothing_else() -> None:
    page = (ROOT / "docs" / "dependencies.md").read_text(encoding="utf-8")
    explained = set(re.findall(r"^\| ([A-Za-z0-9_.-]+) \| [^|]+ \| [^|]+ \|$", page, re.MULTILINE)) - {"package", "---"}
    assert explained == asked_for("runtime.in") | asked_for("dev.in")


@pytest.mark.parametrize("name", ["runtime.txt", "dev.txt"])
def test_every_pin_has_a_hash_and_no_address(name: str) -> None:
    text = (ROOT / "requirements" / name).read_text(encoding="utf-8")
    entries = re.split(r"\n(?=\S)", text.strip())
    assert entries
    assert all(PINNED.match(entry) and "--hash=sha256:" in entry for entry in entries)
    assert "://" not in text


def test_locks_agree_and_hold_what_is_asked_for() -> None:
    runtime, dev = pinned("runtime.txt"), pinned("dev.txt")
    assert {name: dev.get(name) for name in runtime} == runtime
    assert {name.lower() for name in asked_for("runtime.in")} <= set(runtime)
    assert {name.lower() for name in asked_for("dev.in")} <= set(dev)
