"""A debtor whose identity is planted everywhere it can stand, and everything of a window that can be read."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import msgspec
from PySide6.QtCore import QAbstractItemModel, QAbstractListModel, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import (
    QAbstractItemView,
    QApplication,
    QComboBox,
    QLineEdit,
    QPlainTextEdit,
    QTextEdit,
    QWidget,
)

from local_db import events as store_events
from local_db import lent, reviews
from tests.ui.sample_book import SUN, TODAY, WANG
from ui.models.rows import VALUE
from workstation.domain.events import (
    Body,
    Circumstance,
    Complaint,
    Contact,
    Correction,
    Dispute,
    Hardship,
    NextAction,
    Note,
    PointAdded,
    Promise,
    Reassigned,
    Reveal,
    Reviewed,
    TakenOut,
    TextMessage,
)
from workstation.session import Desk

# What the sample book has on record of 王晓明, and what was learned on the job.
ON_RECORD = (
    "13800006620", "057188886666", "xm.wang@example.org", "13912340000", "6217000000004031", "330102198505170012",
    "1985-05-17", "文三路 99 号", "浙江某制造有限公司", "13655554444",
)  # fmt: skip
# What somebody wrote down: made-up numbers that stand nowhere on record.
WRITTEN = ("13977776666", "planted@example.org", "6222020000001234567", "11010119900307871X", "057166665555")
_WORDS = (
    "新号码 139 7777-6666，座机 0571-66665555，邮箱 planted@example.org，卡 6222 0200 0000 1234 567，"
    "证 11010119900307871X，原号 13800006620"
)
NAMES = ("王晓明", "周敏")


def words(place: str) -> str:
    """Everything planted, and where it was written."""
    return f"{place}：{_WORDS}"


def plant(desk: Desk) -> None:
    """An event of every kind whose text a person writes, from two people, as they would be pulled."""
    mobile, day = WANG.part("mobile"), TODAY
    bodies: list[tuple[Body, dict[str, object]]] = [
        (PointAdded(point="phone", value="13655554444", source="debtor"), {}),
        (Note(text=words("备注")), {}),
        (Contact(note=words("通话"), evidence=words("依据"), times_reason=words("时长"), override_reason=words("提醒"),
                 verdict="warn", person_name="周敏",
                 next_action=NextAction(action="call_back", due=day, time="15:30", note=words("回电"))),
         {"outcome": "third_party_spoken", "channel": "call", "contact_point": mobile}),
        (Promise(currency="CNY", note=words("承诺")), {"amount": 10_000, "due_on": day + timedelta(days=3)}),
        (Dispute(state="open", text=words("异议")), {}),
        (Complaint(state="open", text=words("投诉")), {}),
        (Hardship(state="claimed", evidence=words("困难")), {}),
        (Circumstance(what="credit_reported", evidence=words("情形"), since=day), {}),
        (Reassigned(from_person=SUN, to_person=desk.seat.person.id, reason=words("移交")), {}),
        (Reviewed(text=words("核查")), {}),
        (Reveal(field="phone", why="other", reason=words("原因"), seconds=20), {"contact_point": mobile}),
        (TakenOut(how="copy", what="phone", fields=("phone",), why="other", reason=words("复制")), {}),
        (TextMessage(text=words("短信")), {"channel": "sms", "contact_point": mobile}),
        (Correction(what="undo", reason=words("撤回")), {}),
    ]  # fmt: skip
    at = desk.now() - timedelta(minutes=30)
    with desk.seat.store.write() as conn:
        for place, (body, columns) in enumerate(bodies):
            drafted = desk.seat.draft(WANG.id, body, at=at + timedelta(seconds=place), **columns)  # type: ignore[arg-type]
            author = SUN if place % 2 else desk.seat.person.id
            store_events.append(conn, [msgspec.structs.replace(drafted, author=author)], today=TODAY)
        me, contact = (
            desk.seat.person.id,
            conn.exec_driver_sql("SELECT id FROM case_event WHERE kind = 'contact'").scalar(),
        )
        reviews.keep(conn, [
            reviews.Review(id=f"review-{n}", collector_id=about, lead_id=by, case_id=WANG.id,
                           contact_id=contact or "", form="call@1", points={"opening": 1}, fatal=(), score=500,
                           note=words("评语"), made_at=at)
            for n, (about, by) in enumerate(((me, SUN), (SUN, me)))
        ])  # fmt: skip
        lent.keep(conn, [
            lent.Lent(id=f"lent-{n}", from_person=giver, to_person=taker, from_at=at,
                      until_at=at + timedelta(days=3), reason=words("出借"))
            for n, (giver, taker) in enumerate(((me, SUN), (SUN, me)))
        ])  # fmt: skip


def everything_readable(window: QWidget) -> Iterator[tuple[str, str]]:
    """Where it stands, and the text: every widget, shown or not, every row of every list, menus, titles, clipboard."""
    for top in QApplication.topLevelWidgets():
        yield "title", top.windowTitle()
        yield "file path", top.windowFilePath()
    yield "clipboard", QApplication.clipboard().text()
    for made in (window, *window.findChildren(QWidget)):
        where = f"{type(made).__name__} {made.objectName()}"
        for name in ("text", "toPlainText", "placeholderText", "title", "currentText"):
            read = getattr(made, name, None)
            if callable(read) and not isinstance(made, QTextEdit | QPlainTextEdit | QLineEdit):
                try:
                    said = read()
                except TypeError:  # a model's `text` wants an argument
                    continue
                if isinstance(said, str):
                    yield where, said
        if isinstance(made, QTextEdit | QPlainTextEdit):
            yield where, made.toPlainText()
        if isinstance(made, QLineEdit):
            yield where, made.text() + "\n" + made.placeholderText()
        yield where, "\n".join((made.toolTip(), made.statusTip(), made.whatsThis(), made.accessibleName(),
                                made.accessibleDescription(), made.windowTitle()))  # fmt: skip
        if isinstance(made, QComboBox):
            for place in range(made.count()):
                yield where, f"{made.itemText(place)}\n{made.itemData(place, Qt.ItemDataRole.ToolTipRole) or ''}"
        if isinstance(made, QAbstractItemView) and made.model() is not None:
            yield from ((where, said) for said in _rows(made.model()))
    for action in window.findChildren(QAction):
        yield "menu", action.text() + "\n" + action.toolTip()


def _rows(model: QAbstractItemModel) -> Iterator[str]:
    """What is painted, read aloud or hovered over; of painted values everything they hold."""
    roles = (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole,
             Qt.ItemDataRole.AccessibleDescriptionRole, Qt.ItemDataRole.StatusTipRole, VALUE)  # fmt: skip
    for row in range(model.rowCount()):
        for column in range(1 if isinstance(model, QAbstractListModel) else model.columnCount()):
            for role in roles:
                value = model.data(model.index(row, column), role)
                if value is not None:
                    yield str(value)


def compact(text: str) -> str:
    return "".join(sign for sign in text if sign not in " -\u00a0\n")


def leaks(texts: Iterator[tuple[str, str]], secrets: tuple[str, ...]) -> set[tuple[str, str]]:
    """Which secret stands where, however it is spaced."""
    wanted = {secret: compact(secret) for secret in secrets}
    return {
        (where, secret) for where, text in texts if text for secret, plain in wanted.items() if plain in compact(text)
    }
