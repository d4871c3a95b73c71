"""The same context gives the same bytes: again, after other letters, in another process, on another day."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from letters.render import render
from letters.verify import verify

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
