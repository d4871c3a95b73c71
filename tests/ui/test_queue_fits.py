"""Everything that opens over or in the queue, and the break, fit at every size, scale and language; long names too."""

from __future__ import annotations

import pytest

from tests.ui.conftest import OpenWindow
from tests.ui.sample_book import SAMPLES
from tests.ui.test_no_clipped_text import faults
from workstation.desk.queue_choice import Choice

LONG = (
    "Maximiliana Featherstonehaugh-Wriothesley O'Shaughnessy 阿卜杜热合曼·麦麦提图尔荪·阿卜杜拉",
    "迪丽热巴·阿布都热依木·买买提江·吐尔逊那依",
)


@pytest.mark.parametrize("language", ["zh_CN", "en"])
@pytest.mark.parametrize(
    ("size", "scale"),
    [((1440, 900), 100), ((1100, 700), 100), ((1440, 900), 125), ((1440, 900), 150), ((1920, 1080), 200)],
    ids=["1440", "1100", "1440-at-125", "1440-at-150", "1920-at-200"],
)
def test_every_word_fits(open_window: OpenWindow, language: str, size: tuple[int, int], scale: int) -> None:
    steps = open_window(language, scale=scale, size=size)
    window, views = steps.window, steps.window.queue.views
    with window.desk.seat.store.write() as conn:
        for sample, name in zip(SAMPLES[1:3], LONG, strict=True):
            conn.exec_driver_sql("UPDATE debtor SET name = ? WHERE case_id = ?", (name, sample.id))
    window.desk.worklist._scored_at = None
    window.queue.take_order()
    found = {}
    choice = Choice(quadrant="unknown", least=1, most=9_999_999_999, silent_days=3, sort="last_contact")
    steps.until(window.queue.remind.isVisible, "the notice of reminders, which takes room")
    views.show_view(window.desk.views.create("很长的名字 with many words, up to forty", choice))
    views.show_conditions()
    steps.settle()
    found["conditions"] = faults(window)
    views.ask_name()
    steps.settle()
    found["name"] = faults(window)
    views.back()
    views.reset()
    for sample in SAMPLES[1:3]:
        window.queue.explain(sample.id)
        steps.settle()
        found[f"why {sample.name}"] = faults(window.queue.why)
    window.queue.why.close_box()
    window.open_case(SAMPLES[7].id)
    with window.desk.seat.store.write() as conn:
        conn.exec_driver_sql("UPDATE cases SET closed_on = '2026-11-23' WHERE id = ?", (SAMPLES[4].id,))
    window.desk.worklist._scored_at = None
    window.queue.refresh()
    window.queue.urgent.show_text(f"{LONG[0]} · 请 12:00 回电")
    steps.settle()
    assert window.queue.reorder.isVisible()
    found["notices"] = faults(window.queue)
    window.covers.take_break()
    steps.settle()
    found["break"] = faults(window)
    assert not {screen: lines for screen, lines in found.items() if lines}
