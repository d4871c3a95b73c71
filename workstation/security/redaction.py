"""What may stand in a log: constant sentences, codes, counts and ids. Everything else is left out, never guessed at.

A name cannot be told from another word, so nothing is kept for looking harmless: of an argument only what has the form
of a code, a class name, a number or a random id; of an exception its class and where it was raised, never its text,
which may quote a row, a file or an address; of other packages' records no text at all.
"""

from __future__ import annotations

import re
import traceback
from pathlib import Path
from types import TracebackType

LEFT_OUT = "[left out]"

# A code (`keyring_locked`, `sync`), an SQLSTATE, a random id.
_CODE = re.compile(r"[a-z]{2,20}(_[a-z]{1,20}){0,5}")
_STATE = re.compile(r"[0-9]{2}[0-9A-Z]{3}|[A-Z]{2}[0-9]{3}")
_ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_MOST = 10**9  # a count; a phone or a card has more digits
_ROOT = Path(__file__).resolve().parents[2]

# For texts that are shown to the user before they go anywhere (the doctor's sentences in a support bundle).
_PERSONAL = (
    re.compile(r"[\w.+-]{1,64}@[\w-]{1,64}(\.[\w-]{1,64}){1,5}"),  # e-mail
    re.compile(r"(?<![\w-])\d{17}[\dXx](?![\w-])"),  # identity number of the mainland
    re.compile(
        r"(?<![\w.-])(?!\d{4}-\d\d-\d\d(?!\d))\+?\d(?:[\s().-]?\d){6,18}(?![\w-])"
    ),  # telephone and card numbers, as people write them
)


def argument(value: object) -> object:
    """What of a log argument is kept."""
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int):
        return value if abs(value) < _MOST else LEFT_OUT
    if isinstance(value, float):
        return round(value, 3) if abs(value) < _MOST else LEFT_OUT
    text = str(value) if isinstance(value, str) else ""
    if any(form.fullmatch(text) for form in (_CODE, _STATE, _ID)) or (text.isidentifier() and _is_error(text)):
        return text
    return LEFT_OUT


def _is_error(name: str) -> bool:
    """Whether an exception of this class name exists: a capital letter alone does not make a class of a surname."""
    waiting: list[type[BaseException]] = [BaseException]
    while waiting:
        for kind in type.__subclasses__(waiting.pop()):
            if kind.__name__ == name:
                return True
            waiting.append(kind)
    return False


def scrubbed(text: str, *also: str) -> str:
    """`text` without e-mail addresses, telephone, card and identity numbers, and without the words of `also`."""
    for word in sorted({each for each in also if each}, key=len, reverse=True):
        text = text.replace(word, LEFT_OUT)
    for form in _PERSONAL:
        text = form.sub(LEFT_OUT, text)
    return text


def raised(error: BaseException | None, trace: TracebackType | None = None) -> list[dict[str, object]]:
    """An exception and its causes: class, code, and where. No text, no source line, no value."""
    found: list[dict[str, object]] = []
    seen: set[int] = set()
    while error is not None and id(error) not in seen and len(found) < 8:
        seen.add(id(error))
        frames = traceback.extract_tb(trace if trace is not None and not found else error.__traceback__)
        code = getattr(error, "code", None)
        found.append(
            {
                "error": type(error).__name__,
                **({"code": argument(code)} if isinstance(code, str) else {}),
                "at": [f"{_place(frame.filename)}:{frame.lineno} {frame.name}" for frame in frames[-12:]],
            }
        )
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    return found


def _place(filename: str) -> str:
    """Below this program or in a package; never the person's own folders."""
    path = Path(filename)
    if path.is_relative_to(_ROOT) and "site-packages" not in path.parts:
        return path.relative_to(_ROOT).as_posix()
    return "/".join(path.parts[-2:])
