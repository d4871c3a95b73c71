"""Every call that logs says a constant sentence, with codes, counts, classes and ids beside it and nothing else.

The filter of `workstation.security.redaction` leaves out what does not look so; this keeps callers from relying on it.
"""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
ROOMS = ("workstation", "ui", "letters", "local_db")
METHODS = {"debug", "info", "warning", "error", "exception", "critical", "log"}
# What may be given: `error.code`, `message.id`, `message.attempt`, `type(error).__name__`, `len(rows)`, a number.
ATTRIBUTES = {"code", "id", "attempt", "__name__", "sqlstate"}
# Local names that hold one of those, where they are given: file → name.
NAMES = {
    ("workstation/running.py", "kind"),  # type(error).__name__
    ("workstation/security/process.py", "refused"),  # an errno
}
# Qt's messages: a function's name cut out by a pattern, and a category.
WHOLE_FILES = {"ui/faults.py"}


def calls(path: Path) -> list[ast.Call]:
    tree = ast.parse(path.read_text("utf-8"))
    loggers = {
        target.id
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign)
        and isinstance(node.value, ast.Call)
        and "getLogger" in ast.unparse(node.value.func)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    return [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in METHODS
        and isinstance(node.func.value, ast.Name)
        and (node.func.value.id in loggers or node.func.value.id == "logging")
    ]


SOURCES = sorted(path for room in ROOMS for path in (ROOT / room).rglob("*.py"))
FOUND = [(path.relative_to(ROOT).as_posix(), call) for path in SOURCES for call in calls(path)]


def test_the_calls_are_found() -> None:
    assert len(FOUND) >= 15
    assert {"workstation/running.py", "workstation/security/logs.py", "local_db/engine.py"} <= {
        name for name, _ in FOUND
    }


@pytest.mark.parametrize(("name", "call"), FOUND, ids=lambda value: value if isinstance(value, str) else value.lineno)
def test_a_log_call_names_nobody(name: str, call: ast.Call) -> None:
    if name in WHOLE_FILES:
        return
    sentence, *given = call.args
    assert isinstance(sentence, ast.Constant), f"{name}:{call.lineno}: the sentence is not constant"
    assert isinstance(sentence.value, str)
    assert {word.arg for word in call.keywords} <= {"exc_info"}, f"{name}:{call.lineno}"
    for value in given:
        assert harmless(name, value), f"{name}:{call.lineno}: {ast.unparse(value)} may name somebody"


def harmless(name: str, value: ast.expr) -> bool:
    match value:
        case ast.Constant():
            return True
        case ast.Attribute(attr=attribute):
            return attribute in ATTRIBUTES
        case ast.Call(func=ast.Name(id="len")):
            return True
        case ast.Name(id=local):
            return (name, local) in NAMES
    return False


def test_nothing_prints_or_logs_by_another_way() -> None:
    """`print` is refused by ruff (T20); the root logger and `traceback.print_*` would pass the filter by."""
    for path in SOURCES:
        text = path.read_text("utf-8")
        for way in ("logging.info(", "logging.warning(", "logging.error(", "traceback.print_", "logging.basicConfig("):
            assert way not in text, f"{path}: {way}"


def test_database_errors_never_quote_their_parameters() -> None:
    for path in SOURCES:
        tree = ast.parse(path.read_text("utf-8"))
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and ast.unparse(node.func).endswith("create_engine"):
                words = {word.arg: ast.unparse(word.value) for word in node.keywords}
                assert words.get("hide_parameters") == "True", f"{path}:{node.lineno}"
