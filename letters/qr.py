"""A QR code (ISO/IEC 18004) as rows of dark and light modules, and how large it must be printed to be read."""

from __future__ import annotations

from functools import lru_cache

from workstation.domain.errors import InputError
from workstation.domain.message import msg

QUIET = 4  # modules that stay white on every side
_MM = 72 / 25.4
_SMALLEST, _LARGEST = 22 * _MM, 60 * _MM  # with the white border, which leaves a short code 20 mm at the least
_MODULE = 0.42 * _MM  # a phone reads from half an arm's length down to 0.4 mm
_BYTES_MEDIUM, _BYTES_LOW = 2_213, 2_812  # what version 39 holds with 15 % and with 7 % repair

Rows = tuple[tuple[bool, ...], ...]


@lru_cache(maxsize=64)
def modules(text: str) -> Rows:
    """The code of `text` with repair of 15 %, of 7 % where it is very long; `InputError` when it is too long."""
    from reportlab.graphics.barcode.qrencoder import QR8bitByte, QRCode, QRErrorCorrectLevel

    data = text.encode("utf-8", "replace")
    if len(data) > _BYTES_LOW:
        raise InputError(
            msg("The payment code has {n} bytes; a QR code holds {most}.", n=len(data), most=_BYTES_LOW),
            field="payment_code",
        )
    level = QRErrorCorrectLevel.M if len(data) <= _BYTES_MEDIUM else QRErrorCorrectLevel.L
    code = QRCode(None, level)
    code.addData(QR8bitByte(data))
    code.make()
    return tuple(tuple(bool(dark) for dark in row) for row in code.modules)


def side(rows: Rows) -> float:
    """Points that the code takes on paper, its white border included."""
    count = len(rows) + 2 * QUIET
    # The dark part alone is 20 mm at the least, whatever the border takes.
    return min(_LARGEST, max(_SMALLEST, count * _MODULE, 20 * _MM * count / len(rows)))
