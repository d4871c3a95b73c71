"""A QR code (ISO/IEC 18004) as rows of dark and light modules, and how large it must be printed to be read."""

from __future__ import annotations

from functools import lru_cache

from letters.qr_symbol import Rows, symbol
from workstation.domain.errors import InputError
from workstation.domain.message import msg

QUIET = 4  # modules that stay white on every side
_MM = 72 / 25.4
_SMALLEST, _LARGEST = 22 * _MM, 60 * _MM  # with the white border, which leaves a short code 20 mm at the least
_MODULE = 0.42 * _MM  # a phone reads from half an arm's length down to 0.4 mm
MOST_BYTES = 2_953  # what the largest symbol holds with 7 % repair


@lru_cache(maxsize=64)
def modules(text: str) -> Rows:
    """The code of `text` with repair of 15 %, of 7 % where it is very long; `InputError` when it is too long."""
    data = text.encode("utf-8", "replace")
    found = symbol(data, "M") or symbol(data, "L")
    if found is None:
        raise InputError(
            msg("The payment code has {n} bytes; a QR code holds {most}.", n=len(data), most=MOST_BYTES),
            field="payment_code",
        )
    return found


def side(rows: Rows) -> float:
    """Points that the code takes on paper, its white border included."""
    count = len(rows) + 2 * QUIET
    # The dark part alone is 20 mm at the least, whatever the border takes.
    return min(_LARGEST, max(_SMALLEST, count * _MODULE, 20 * _MM * count / len(rows)))
