"""The payment's QR code: read back from the printed page, large enough, with white around it."""

from __future__ import annotations

from io import BytesIO

import pypdf
import pypdfium2
import pytest
import zxingcpp

from letters.qr import QUIET, modules, side
from letters.render import render
from workstation.domain.errors import InputError

MM = 72 / 25.4
DPI = 200
CODES = [
    "https://pay.bank.example/r?case=JN-2026-004821&amount=48625.27",
    "支付：江南示范银行 31006600000012345 金额48625.27元",
    "x" * 700,
    "1",
]


def read_codes(pdf: bytes) -> list[zxingcpp.Barcode]:
    document = pypdfium2.PdfDocument(pdf)
    return [
        code
        for page in document
        for code in zxingcpp.read_barcodes(page.render(scale=DPI / 72, grayscale=True).to_numpy())
    ]


@pytest.mark.parametrize("code", CODES, ids=["link", "Chinese", "long", "short"])
@pytest.mark.parametrize("language", ["zh_CN", "en"])
def test_the_code_is_read_from_the_page(context, code, language):
    [found] = read_codes(render(context("demand", language, payment_code=code)).pdf)
    assert found.text == code
    assert found.format == zxingcpp.BarcodeFormat.QRCode
    corner, other = found.position.top_left, found.position.bottom_right
    assert (other.x - corner.x) / DPI * 25.4 >= 19.9
    assert (other.y - corner.y) / DPI * 25.4 >= 19.9


@pytest.mark.parametrize("template", ["demand", "reminder", "plan_agreement"])
def test_every_letter_has_a_place_for_it(context, template):
    given = context(template, payment_code=CODES[0], envelope="cn")
    assert [found.text for found in read_codes(render(given).pdf)] == [CODES[0]]


@pytest.mark.parametrize(
    "template",
    ["paid_in_full", "dispute_reply", "complaint_reply", "case_history", "visit_dossier", "budget_statement"],
)
def test_a_letter_that_asks_for_no_payment_has_none(context, template):
    assert read_codes(render(context(template, payment_code=CODES[0])).pdf) == []


def test_it_stands_beside_how_to_pay_with_a_caption(context, poppler):
    text = poppler(render(context(payment_code=CODES[0])).pdf, "-layout")
    [line] = [line for line in text.splitlines() if "扫码还款" in line]
    nearby = text[: text.index("扫码还款")].splitlines()[-9:]
    assert any("还款方式" in one for one in nearby), line


def test_four_modules_around_the_code_stay_white(context):
    code = CODES[0]
    pdf = render(context(payment_code=code)).pdf
    pages = [page.render(scale=4, grayscale=True).to_numpy() for page in pypdfium2.PdfDocument(pdf)]
    [(image, found)] = [(image, found) for image in pages for found in zxingcpp.read_barcodes(image)]
    rows = modules(code)
    module = side(rows) / (len(rows) + 2 * QUIET) * 4
    corner, other = found.position.top_left, found.position.bottom_right
    border = round(QUIET * module) - 2
    top, left, bottom, right = corner.y, corner.x, other.y + 1, other.x + 1
    for strip in (
        image[top - border : top - 2, left - border : right + border],
        image[bottom + 2 : bottom + border, left - border : right + border],
        image[top:bottom, left - border : left - 2],
        image[top:bottom, right + 2 : right + border],
    ):
        assert strip.min() > 250


def test_what_no_code_can_hold_is_refused(context):
    with pytest.raises(InputError) as refused:
        render(context(payment_code="长" * 1000))
    assert refused.value.field == "payment_code"


def test_a_letter_of_the_first_layout_has_none(context):
    assert read_codes(render(context(payment_code=CODES[0]), "1.1.1").pdf) == []


def test_the_code_is_drawn_not_an_image(context):
    for page in pypdf.PdfReader(BytesIO(render(context(payment_code=CODES[0])).pdf)).pages:
        assert "/XObject" not in page["/Resources"]
