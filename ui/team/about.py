"""What a lead knows of one person: capacity, skills, leave, and the devices with what waits on them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal

from PySide6.QtWidgets import QFrame, QGridLayout, QWidget

from ui.look import Look
from ui.team.table import name_of
from ui.widgets.basic import across, clear, down, label, show_if
from workstation.desk.caseload import BoardRow
from workstation.desk.staffing import DeviceStanding, Member
from workstation.domain.message import msg, nmsg

LANGUAGES = frozenset({"zh_CN", "en"})  # with a word of their own; another stands as it was typed


class About(QWidget):
    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self.title, self.sums = label(role="strong"), label(role="muted", wrap=True)
        self.facts = QGridLayout()
        self.facts.setHorizontalSpacing(16)
        self.facts.setVerticalSpacing(4)
        self.facts.setColumnStretch(1, 1)
        self.note = label(wrap=True)
        self.box = QFrame()
        self.box.setProperty("role", "box")
        self.box.setLayout(down(self.note, margins=(12, 10, 12, 10)))
        self.setLayout(down(across(self.title, None), self.sums, self.facts, self.box, None, spacing=8))
        self.box.hide()

    def show_rows(self, rows: Sequence[BoardRow], people: Mapping[str, str], today: date) -> None:
        """One person with all that is known, or several in a sum."""
        look = self._look
        clear(self.facts)
        if not rows:
            self.title.setText("")
            self.sums.setText(look.tr("Choose somebody in the table."))
            self.box.hide()
            return
        one = rows[0] if len(rows) == 1 else None
        cases = sum(row.cases for row in rows)
        self.title.setText(
            name_of(look, one) if one is not None else look.say(nmsg("{n} person", "{n} people", len(rows)))
        )
        amounts = [row.amount for row in rows if row.amount is not None]
        said = look.say(nmsg("{n} case", "{n} cases", cases))
        if one is not None and one.amount is not None:
            said = look.say(msg("{cases} · {amount} · {due} due today", cases=said, amount=one.amount, due=one.due))
        elif len({money.currency for money in amounts}) == 1:
            total = type(amounts[0])(sum(money.minor for money in amounts), amounts[0].currency)
            due = sum(row.due for row in rows)
            said = look.say(msg("{cases} · {amount} · {due} due today", cases=said, amount=total, due=due))
        self.sums.setText(said)
        if one is not None and one.member is not None:
            self._facts(one, one.member, people, today)
        self._note([row.member for row in rows if row.member is not None and row.waiting], today)

    def _facts(self, row: BoardRow, member: Member, people: Mapping[str, str], today: date) -> None:
        tr, plan = self._look.tr, member.plan
        most = tr("no limit") if plan.most_cases is None else tr("at most {n} cases", n=plan.most_cases)
        every = tr("all")
        skills = [
            (tr("Capacity"), tr("{share} of a full desk, {most}",
                                share=self._look.translator.percent(Decimal(plan.capacity) / 100, 0), most=most)),
            (tr("Languages"), self._languages(plan.languages) or every),
            (tr("Places"), "、".join(plan.regions) if self._look.language == "zh_CN" else ", ".join(plan.regions)),
            (tr("Stages"), " ".join(plan.stages) or every),
            (tr("Legal"), tr("may take cases of the legal track") if plan.legal else tr("no")),
            (tr("Leave"), self._leave(member, people)),
        ]  # fmt: skip
        for name, said in skills:
            self._line(name, said or every)
        for device in member.devices:
            self._line(tr("Device"), self._device(device, today))
        if not member.devices:
            self._line(tr("Device"), tr("never seen"))
        if row.over_limit:
            self._line("▲", tr("More cases than the limit allows."))

    def _languages(self, ids: Sequence[str]) -> str:
        return ", ".join(self._look.label("language", one) if one in LANGUAGES else one for one in ids)

    def _leave(self, member: Member, people: Mapping[str, str]) -> str:
        look, plan = self._look, member.plan
        if plan.leave_from is None or plan.leave_until is None:
            return look.tr("none")
        span = msg("{first} – {last}", first=plan.leave_from, last=plan.leave_until)
        if plan.cover_id is None:
            return look.say(span)
        return look.say(msg("{span}, covered by {name}", span=span, name=people.get(plan.cover_id, "—")))

    def _device(self, device: DeviceStanding, today: date) -> str:
        look = self._look
        at = look.translator.moment(device.last_seen_at, today=today)
        if device.revoked:
            return look.tr("{device}: revoked, last seen {at}", device=device.name, at=at)
        waiting = device.waiting_events + device.waiting_attachments
        if not waiting:
            return look.tr("{device}: last seen {at}, nothing waits", device=device.name, at=at)
        return look.tr(
            "{device}: last seen {at}, {events} records and {papers} papers wait",
            device=device.name,
            at=at,
            events=device.waiting_events,
            papers=device.waiting_attachments,
        )

    def _note(self, members: Sequence[Member], today: date) -> None:
        """What happens to work that is still on a device when its cases are moved."""
        show_if(self.box, bool(members))
        if not members:
            return
        look = self._look
        told = [
            look.tr(
                "{name}'s device last synchronised {at} and holds {n} records that are not handed in.",
                name=member.name,
                at="—" if member.last_seen_at is None else look.translator.moment(member.last_seen_at, today=today),
                n=member.waiting,
            )
            for member in members[:3]
        ]
        told.append(
            look.tr(
                "After a move they are still taken in under their author; the cases leave that device once all is "
                "handed in."
            )
        )
        self.note.setText("\n".join(told))

    def _line(self, name: str, said: str) -> None:
        place = self.facts.rowCount()
        self.facts.addWidget(label(name, "muted"), place, 0)
        self.facts.addWidget(label(said, wrap=True), place, 1)
