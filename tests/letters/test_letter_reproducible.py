"""The same context gives the same bytes: again, after other letters, in another process, on another day."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from io import BytesIO
from pathlib import Path

import pypdf
import pytest

from letters.render import render
from letters.verify import claimed_version, verify

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("template", ["demand", "plan_agreement"])
def test_two_renders_are_equal(context, template):
    first = render(context(template))
    render(context("reminder", "en", number=3))
    second = render(context(template))
    assert first.pdf == second.pdf
    assert first.sha256 == hashlib.sha256(first.pdf).hexdigest()


def test_another_process_makes_the_same_bytes(context):
    program = "import sys, json; from letters.render import render; print(render(json.load(sys.stdin)).sha256)"
    digests = {render(context()).sha256}
    for seed in ("1", "2"):
        done = subprocess.run(
            [sys.executable, "-c", program],
            input=json.dumps(context()),
            capture_output=True,
            check=True,
            text=True,
            cwd=ROOT,
            env={**os.environ, "PYTHONHASHSEED": seed, "SOURCE_DATE_EPOCH": seed + "000000000", "TZ": "Asia/Tokyo"},
        )
        digests.add(done.stdout.strip())
    assert len(digests) == 1


@pytest.mark.parametrize(
    "change", [{"pay_by": "2026-12-04"}, {"case_number": "JN-2"}, {"free_paragraph": ""}, {"date": "2026-11-24"}]
)
def test_another_context_makes_other_bytes(context, change):
    assert render(context()).sha256 != render(context(**change)).sha256


def test_a_copy_is_proved_and_a_changed_one_is_not(context):
    made = render(context())
    proved = verify(made.pdf, context(), made.version)
    assert proved.same
    assert proved.comparable
    forged = verify(made.pdf.replace(b"2026", b"2027", 1), context(), made.version)
    assert not forged.same
    assert forged.expected == made.sha256
    assert not verify(made.pdf, context(), "0.0.0").comparable


# What the first versions printed, page by page, before templates and contexts learned more.
FIRST_PAGES = {
    ("demand", "zh_CN"): "c8fb0a6a5d0055a5",
    ("demand", "en"): "9320167f27225702",
    ("reminder", "zh_CN"): "6f09fdd7674a20f7",
    ("reminder", "en"): "749e0ddec84613c9",
    ("plan_agreement", "zh_CN"): "199e14d824364e8b",
    ("plan_agreement", "en"): "b4bc5c281d687f50",
}


@pytest.mark.parametrize(("template", "language"), list(FIRST_PAGES))
def test_a_letter_of_a_past_version_is_made_again_as_it_was(context, template, language):
    """The text and lines of every page and the document's id; fonts and compression belong to the machine."""
    made = render(context(template, language, number=2), "1.1.1")
    reader = pypdf.PdfReader(BytesIO(made.pdf))
    drawn = hashlib.sha256(b"".join(page.get_contents().get_data() for page in reader.pages))
    drawn.update(reader.trailer["/ID"][0].original_bytes)
    assert made.version == "1.1.1"
    assert drawn.hexdigest()[:16] == FIRST_PAGES[template, language]


# The same of the first layout, with long tables, rare characters and quotes: what the second does otherwise.
FIRST_LAYOUT = {
    ("demand", "zh_CN", 40, "1.1.1", "𠮷（如此），“说”CNY 1,600.00 e\u0301 葛\U000e0100"): "b40c00e8eedd0704",
    ("demand", "en", 16, "1.1.1", "O’Brien 第3期"): "0adb8597262c1600",
    ("plan_agreement", "zh_CN", 3, "2.1.1", "x"): "9f4b042cc9a34968",
    ("plan_agreement", "en", 1, "2.1.1", "“quoted”"): "9fbb0d96e694a44c",
    ("budget_statement", "zh_CN", 1, "1.1.1", ""): "6c2b61b7414864a0",
    ("budget_statement", "en", 1, "1.1.1", ""): "f4adfc46463b3b65",
}


@pytest.mark.parametrize(("template", "language", "number", "version", "words"), list(FIRST_LAYOUT))
def test_a_letter_of_the_first_layout_is_made_again_as_it_was(context, template, language, number, version, words):
    made = render(context(template, language, number=number, free_paragraph=words), version)
    reader = pypdf.PdfReader(BytesIO(made.pdf))
    drawn = hashlib.sha256(b"".join(page.get_contents().get_data() for page in reader.pages))
    drawn.update(reader.trailer["/ID"][0].original_bytes)
    assert made.version == version
    assert drawn.hexdigest()[:16] == FIRST_LAYOUT[template, language, number, version, words]
    assert verify(made.pdf, context(template, language, number=number, free_paragraph=words)).same


# The second layout, as it was settled on 30 November 2026 before any letter of it was sent: pages and document's id.
SECOND_LAYOUT = {
    ("demand", "zh_CN", 20, "2.1.2"): (
        "cf742b23661242bf",
        {
            "envelope": "cn",
            "payment_code": "https://pay.bank.example/1",
            "free_paragraph": "𠮷（如此），“说”CNY 1,600.00",
        },
    ),
    ("demand", "en", 3, "2.1.2"): ("8cd8ac51218f9928", {"envelope": "din", "free_paragraph": "O’Brien 第3期"}),
    ("plan_agreement", "zh_CN", 1, "2.1.2"): ("b863d8752d31cf45", {}),
    ("budget_statement", "en", 1, "1.1.2"): ("503bb68be3b58215", {}),
}


@pytest.mark.parametrize(("template", "language", "number", "version"), list(SECOND_LAYOUT))
def test_a_letter_of_the_second_layout_is_made_again_as_it_was(context, template, language, number, version):
    """What changes these is a third layout: `letters.layouts`."""
    expected, changes = SECOND_LAYOUT[template, language, number, version]
    made = render(context(template, language, number=number, **changes), version)
    reader = pypdf.PdfReader(BytesIO(made.pdf))
    drawn = hashlib.sha256(b"".join(page.get_contents().get_data() for page in reader.pages))
    drawn.update(reader.trailer["/ID"][0].original_bytes)
    assert made.version == version
    assert drawn.hexdigest()[:16] == expected


def test_a_letter_of_a_layout_that_is_not_known_here_is_not_comparable(context):
    made = render(context())
    newer = verify(made.pdf, context(), "2.1.9")
    assert not newer.comparable
    assert newer.same, "the copy is what this program makes all the same"


def test_a_copy_of_a_past_version_is_proved_by_what_it_says_of_itself(context):
    made = render(context("plan_agreement"), "1.1.1")
    assert claimed_version(made.pdf) == made.version == "1.1.1"
    assert render(context("plan_agreement")).version == "2.1.2"
    assert verify(made.pdf, context("plan_agreement")).same
    assert not verify(made.pdf.replace(b"@1.1.1", b"@2.1.1", 1), context("plan_agreement")).same
