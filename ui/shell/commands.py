"""What the palette offers beside cases: every command with its key, in the language of the moment."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from ui.case.page import VIEWS
from ui.knowledge.guide import KEY as GUIDE_KEY
from ui.look import _L
from ui.queue.panel import ORDER_KEY
from ui.queue.viewbar import KEY as VIEW_KEY
from ui.queue.why import KEY as WHY_KEY
from ui.shell.break_screen import KEY as BREAK_KEY
from ui.shell.curtain import KEY as CURTAIN_KEY
from ui.shell.locking import KEY as LOCK_KEY
from ui.shell.palette import Command
from ui.sync.head import KEY
from workstation.domain.knowledge import load

if TYPE_CHECKING:
    from ui.shell.window import MainWindow


AUDIT_KEY = "Shift+F7"
FIELD_KEY = "Shift+F5"
ASK_KEY = "Ctrl+Shift+L"

TABS = (
    ("call", _L("Call notes"), "F2"),
    ("plan", _L("Plan"), "F3"),
    ("letter", _L("Letter"), "F4"),
    ("facts", _L("Facts"), "F5"),
    ("message", _L("Message"), "F6"),
    ("visit", _L("Visit"), "Shift+F2"),
)


def keys(window: MainWindow) -> dict[str, Callable[[], object]]:
    """What works wherever the focus is."""
    return {
        "Ctrl+K": window.palette_box.open,
        "Ctrl+J": lambda: window.queue.step(1),
        "Ctrl+Shift+J": lambda: window.queue.step(-1),
        "Ctrl+D": window.dial,
        "Ctrl+G": window.call.hand_over,
        "Ctrl+Shift+A": window.call.abusive.toggle,
        "Ctrl+Return": window.save,
        "Ctrl+Enter": window.save,
        "Ctrl+Z": window.undo,
        "Esc": window.back,
        CURTAIN_KEY: window.covers.draw_curtain,
        LOCK_KEY: window.locking.lock,
        BREAK_KEY: window.covers.take_break,
        WHY_KEY: lambda: window.in_queue(window.queue.explain),
        VIEW_KEY: lambda: window.in_queue(window.queue.views.open_menu),
        ORDER_KEY: lambda: window.in_queue(window.queue.take_order),
        KEY: window.synchronise,
        "F7": window.show_strategy,
        "F1": window.help,
        GUIDE_KEY: window.show_guide,
        "Ctrl+F": window.find_in_history,
        "Ctrl+E": window.explain_figure,
        "Ctrl+O": window.open_letter,
        "F8": window.show_conduct,
        "Shift+F9": window.show_team,
        AUDIT_KEY: lambda: window.show_page("audit"),
        "Shift+F4": window.show_batch,
        FIELD_KEY: window.show_field,
        "Shift+F8": window.show_approvals,
        "Shift+F6": lambda: window.show_page("coaching"),
        ASK_KEY: window.ask_approval,
        "Shift+F3": window.show_plan_page,
        "Shift+F10": lambda: window.show_page("indicators"),
        "Shift+F11": lambda: window.show_page("reports"),
        "F10": lambda: window.show_page("agenda"),
        "F11": lambda: window.show_page("day"),
        **{key: lambda to=name: window.show_tab(to) for name, _, key in TABS},  # type: ignore[misc]
        **{key: lambda to=name: window.show_view(to) for name, _, key in VIEWS},  # type: ignore[misc]
    }


def commands(window: MainWindow) -> list[Command]:
    tr, look = window.look.tr, window.look
    return [
        *(Command(tr(text), key, lambda to=name: window.show_tab(to)) for name, text, key in TABS),  # type: ignore[misc]
        *(
            Command(tr("Case: {view}", view=tr(text)), key.replace("+", " "), lambda to=name: window.show_view(to))  # type: ignore[misc]
            for name, text, key in VIEWS
        ),
        Command(tr("Next case"), "Ctrl J", lambda: window.queue.step(1)),
        Command(tr("Previous case"), "Ctrl Shift J", lambda: window.queue.step(-1)),
        Command(tr("Dial"), "Ctrl D", window.dial),
        Command(tr("Privacy curtain"), CURTAIN_KEY, window.covers.draw_curtain),
        Command(tr("Lock"), LOCK_KEY.replace("+", " "), window.locking.lock),
        *(
            Command(tr(text), key.replace("+", " "), lambda to=act: window.in_queue(to))  # type: ignore[misc]
            for text, key, act in (
                (_L("Break"), BREAK_KEY, window.covers.take_break),
                (_L("Why this case now?"), WHY_KEY, window.queue.explain),
                (_L("Views of the queue"), VIEW_KEY, window.queue.views.open_menu),
                (_L("Take the queue's new order"), ORDER_KEY, window.queue.take_order),
            )
        ),
        Command(tr("Take back what was saved last"), "Ctrl Z", window.undo),
        Command(tr("Synchronise now"), "", window.desk.sync.sync_now),
        Command(tr("Synchronisation"), KEY, lambda: window.show_page("sync")),
        Command(tr("Dark theme"), "", lambda: look.choose(theme="dark")),
        Command(tr("Light theme"), "", lambda: look.choose(theme="light")),
        Command("中文", "", lambda: look.choose(language="zh_CN")),
        Command("English", "", lambda: look.choose(language="en")),
        *([Command(tr("Approvals"), "Shift F8", window.show_approvals)] if window.desk.approvals.offered else []),
        *(
            [Command(tr("Letters in a batch"), "Shift F4", window.show_batch)]
            if window.desk.letter_queue.offered
            else []
        ),
        *([Command(tr("Field day"), "Shift F5", window.show_field)] if window.desk.field_days.offered else []),
        *(
            [
                Command(tr("Dossier of the day"), "Ctrl P", lambda: window.show_field("dossier")),
                Command(tr("Before leaving"), "Ctrl Shift G", lambda: window.show_field("leaving")),
            ]
            if window.desk.field_days.offered
            else []
        ),
        *([Command(tr("Team: caseloads"), "Shift F9", window.show_team)] if window.desk.caseload.offered else []),
        *(
            [Command(tr("Give the cases in view to others"), "", window.share_out_in_view)]
            if window.desk.reassigning.offered
            else []
        ),
        Command(tr("Coaching"), "Shift F6", lambda: window.show_page("coaching")),
        *([Command(tr("Conduct"), "F8", window.show_conduct)] if window.desk.conduct.offered else []),
        *(
            [Command(tr("Ask a lead for approval"), ASK_KEY.replace("+", " "), window.ask_approval)]
            if window.desk.asking.offered
            else []
        ),
        Command(tr("Audit: who saw what"), AUDIT_KEY.replace("+", " "), lambda: window.show_page("audit")),
        *([Command(tr("Strategy"), "F7", window.show_strategy)] if window.desk.strategies.offered else []),
        Command(tr("Find in the history"), "Ctrl F", window.find_in_history),
        Command(tr("Open the letter as it went out"), "Ctrl O", window.open_letter),
        Command(tr("How was this figure made?"), "Ctrl E", window.explain_figure),
        Command(tr("Guide for this case"), GUIDE_KEY.replace("+", " "), window.show_guide),
        Command(tr("Knowledge"), "F1", window.show_article),
        *(
            Command(tr("Article: {title}", title=article.title), "", lambda to=article.id: window.show_article(to))  # type: ignore[misc]
            for article in load(look.language)
        ),
        Command(tr("Plan, on the whole page"), "Shift F3", window.show_plan_page),
        Command(tr("Reminders due"), "", lambda: window.in_queue(window.queue.open_reminders)),
        Command(tr("Indicators"), "Shift F10", lambda: window.show_page("indicators")),
        Command(tr("Reports"), "Shift F11", lambda: window.show_page("reports")),
        Command(tr("The week"), "F10", lambda: window.show_page("agenda")),
        Command(tr("Close the day"), "F11", lambda: window.show_page("day")),
        *([] if window.desk.practice else [Command(tr("Practise with made-up debtors"), "", window.begin_practice)]),
        Command(tr("Settings"), "", lambda: window.show_page("settings")),
        *(
            Command(tr("Say: {phrase}", phrase=phrase), "", lambda to=article.id: window.show_guide(to))  # type: ignore[misc]
            for article in load(look.language)
            for phrase in article.phrases
        ),
    ]
