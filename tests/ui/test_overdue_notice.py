"""What waits too long for a lead stands under the queue: it opens the approvals, or the case of who asked."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.ui.conftest import OpenWindow
from tests.ui.sample_book import SAMPLES, WANG
from workstation.domain.changes import Changes
from workstation.domain.events import ApprovalAsked, ApprovalDecided


@pytest.mark.parametrize("role", ["collector", "lead"])
def test_a_request_not_decided_stands_under_the_queue(open_window: OpenWindow, role: str) -> None:
    steps = open_window("en", case_id=SAMPLES[1].id, role=role)
    window, notice, desk = steps.window, steps.window.queue.overdue, steps.window.desk
    asked = desk.seat.record(WANG.id, ApprovalAsked(what="legal_referral", reason="moved away"))
    desk.announce(Changes(frozenset({"approval"}), frozenset({WANG.id})))
    assert notice.isHidden()
    desk.seat.clock.shift += timedelta(days=3)
    window.queue.refresh()
    assert notice.isVisible()
    assert WANG.name in notice.accessibleName()
    notice.click()
    if role == "lead":
        assert window.pages.currentWidget().objectName() == "approvals_page"
    else:
        assert window._case_id == WANG.id
    desk.seat.record(WANG.id, ApprovalDecided(decision="rejected"), answers=asked.id)
    desk.announce(Changes(frozenset({"approval"}), frozenset({WANG.id})))
    window.queue.refresh()
    assert notice.isHidden()
