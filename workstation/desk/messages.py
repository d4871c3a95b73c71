"""SMS and e-mail at the desk: filled from a template, checked by gate and wording, queued for the gateway."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Literal

from local_db.queries import CaseFile, PointRecord
from workstation.desk import lights, standing
from workstation.desk.scripts import facts_of
from workstation.desk.seat import Seat
from workstation.desk.views import Light
from workstation.desk.wording import Remark, remarks
from workstation.domain import messaging
from workstation.domain.calendar import next_business_day
from workstation.domain.changes import Changes
from workstation.domain.conduct import usual_purpose
from workstation.domain.errors import InputError
from workstation.domain.events import NextAction, TextMessage
from workstation.domain.gate_values import Person, Purpose
from workstation.domain.message import Label, Message, Money, msg
from workstation.domain.messaging import MessageTemplate, Segments
from workstation.i18n import Translator

CHANNELS: dict[str, Literal["sms", "email"]] = {"phone": "sms", "email": "email"}
ANSWER_DAYS = 3  # when somebody should look whether the message had an effect
THANKS_WITHIN = timedelta(days=7)  # a payment further back is not thanked for


@dataclass(slots=True)
class MessageForm:
    """A message as typed. Kept as a draft."""

    point: str = ""
    template: str = ""
    language: str = ""  # empty: the debtor's
    subject: str = ""
    text: str = ""
    override_reason: str = ""


@dataclass(frozen=True, slots=True)
class MessagePoint:
    """Where a message can go, with the light for what a contact there is usually for."""

    id: str
    channel: str
    light: Light


@dataclass(frozen=True, slots=True)
class MessageChoice:
    """A template; `why` says why the case does not allow it."""

    id: str
    title: Mapping[str, str]  # by language
    allowed: bool
    why: Message | None = None


@dataclass(frozen=True, slots=True)
class MessageCheck:
    """What stands for and against the message as it is."""

    channel: str
    light: Light
    segments: Segments | None  # of an SMS, with its ending
    remarks: tuple[Remark, ...]
    problem: Message | None  # why it cannot be queued
    field: str = ""  # where the problem is
    ending: str = ""  # what the law puts below the text
    changed: bool = False  # no longer the template's text, and judged as one's own words


@dataclass(frozen=True, slots=True)
class Written:
    """A message that nothing stands against, with the columns of its event."""

    body: TextMessage
    channel: str
    contact_point: str
    pack: str | None


@dataclass(frozen=True, slots=True)
class _Read:
    """A form together with the case: to whom it goes, what it says in full, and what it is for."""

    file: CaseFile
    point: PointRecord
    party: Person
    language: str
    purpose: Purpose
    subject: str
    text: str
    ending: str = ""
    changed: bool = False
    faults: list[InputError] = field(default_factory=list)

    @property
    def channel(self) -> str:
        return CHANNELS[self.point.kind]


class Messages:
    def __init__(self, seat: Seat) -> None:
        self._seat = seat

    def points(self, case_id: str) -> tuple[MessagePoint, ...]:
        """The contact points that a message can go to, the debtor's own first; none that is dead or refused."""
        file, now = self._seat.file(case_id), self._seat.clock.now()
        usable = sorted(_usable(file), key=lambda point: (point.related_person_id is not None, point.rank))
        history = lights.history_of(file)
        return tuple(
            MessagePoint(
                point.id,
                CHANNELS[point.kind],
                lights.of_message(
                    file,
                    point.id,
                    now,
                    channel=CHANNELS[point.kind],
                    purpose=usual_purpose(lights.whose(file, point).party, file.state, CHANNELS[point.kind]),
                    history=history,
                ),
            )
            for point in usable
        )

    def language(self, case_id: str) -> str:
        """The debtor's, in which a message is written unless another is chosen."""
        return _language(self._seat.file(case_id), "")

    def choices(self, case_id: str, point_id: str, language: str = "") -> tuple[MessageChoice, ...]:
        """The templates for whom the point belongs to; those the case does not allow say why."""
        file, point = self._point(case_id, point_id)
        wanted = _language(file, language)
        facts, values = self._facts(file), self._values(file, wanted)
        return tuple(
            MessageChoice(template.id, template.title, (why := _withheld(template, facts, values, wanted)) is None, why)
            for template in messaging.load().template
            if _fits(template, file, point)
        )

    def fill(self, case_id: str, form: MessageForm) -> tuple[str, str]:
        """Subject and text of the template. `InputError` when the case does not allow it."""
        file, point = self._point(case_id, form.point)
        return self._filled(messaging.load().find(form.template), file, point, _language(file, form.language))

    def check(self, case_id: str, form: MessageForm, purpose: Purpose | None = None) -> MessageCheck:
        """The light for this point and purpose, the length, and what is wrong with the words.

        `purpose` is that of the letter that goes with an e-mail; without it the purpose follows from the words.
        """
        return self._judged(self._read(case_id, form, purpose), form)

    def queue(self, case_id: str, form: MessageForm) -> Changes:
        """Put the message on the timeline and into the queue of the gateway.

        Raises `InputError` while the light blocks it, or warns and no reason is given, for unlawful words, and for
        what cannot be sent as it is.
        """
        made = self.written(case_id, form)
        self._seat.record(case_id, made.body, channel=made.channel, contact_point=made.contact_point, pack=made.pack)
        return Changes(frozenset({"event", "message"}), frozenset({case_id}))

    def written(self, case_id: str, form: MessageForm, *, purpose: Purpose | None = None, letter: str = "") -> Written:
        """The message as it would be queued now; `letter` on record goes with it. Raises as `queue` does."""
        read = self._read(case_id, form, purpose)
        check = self._judged(read, form)
        if check.problem is not None:
            raise InputError(check.problem, code="wording" if check.remarks else "message", field=check.field)
        body = TextMessage(
            text=read.text,
            subject=read.subject,
            template=form.template,
            version=messaging.load().version,
            language=read.language,
            party=read.party,
            purpose=read.purpose,
            override_reason=form.override_reason.strip() if check.light.verdict == "warn" else "",
            verdict=check.light.verdict,
            letter=letter,
            next_action=None if letter else _next(read.file, self._seat.clock.today()),
        )
        return Written(body, read.channel, read.point.id, check.light.pack)

    def _point(self, case_id: str, point_id: str) -> tuple[CaseFile, PointRecord]:
        file = self._seat.file(case_id)
        point = next((row for row in _usable(file) if row.id == point_id), None)
        if point is None:
            raise InputError(msg("Choose where the message goes."), field="point")
        return file, point

    def _read(self, case_id: str, form: MessageForm, given: Purpose | None = None) -> _Read:
        """The purpose is the template's only as long as the text is: a demand under the heading of a service message
        is a demand."""
        file, point = self._point(case_id, form.point)
        language, party = _language(file, form.language), lights.whose(file, point).party
        subject = form.subject.strip() if point.kind == "email" else ""
        purpose, changed, text = usual_purpose(party, file.state, CHANNELS[point.kind]), False, form.text.strip()
        faults: list[InputError] = []
        if form.template:
            try:
                template = messaging.load().find(form.template)
                said = self._filled(template, file, point, language)
                changed = (subject or said[0], text) != said
                purpose = purpose if changed else template.purpose
            except InputError as error:
                faults.append(error)
        ending = ""
        asked = messaging.load().ending_of(file.book.jurisdiction)
        if asked is not None and party != "related":
            try:
                ending = asked.filled(language, self._values(file, language))
            except InputError as error:
                faults.append(error)
        whole = f"{text}\n{ending}" if ending and text else text
        return _Read(file, point, party, language, given or purpose, subject, whole, ending, changed, faults)

    def _judged(self, read: _Read, form: MessageForm) -> MessageCheck:
        light = lights.of_message(
            read.file, read.point.id, self._seat.clock.now(), channel=read.channel, purpose=read.purpose
        )
        faults = list(read.faults)
        wrong: tuple[Remark, ...] = ()
        try:
            messaging.check_text(read.channel, read.text, read.subject)
        except InputError as error:  # words are not looked at before it is short enough to be read
            faults.append(error)
        else:
            said = f"{read.subject}\n{read.text}"
            wrong = remarks(self._seat, read.file, said, read.language, read.party)
        if wrong:
            faults.append(InputError(wrong[0].message, field="text"))
        faults += _against(light, form.override_reason)
        return MessageCheck(
            channel=read.channel,
            light=light,
            segments=messaging.segments(read.text) if read.channel == "sms" else None,
            remarks=wrong,
            problem=faults[0].message if faults else None,
            field=(faults[0].field or "text") if faults else "",
            ending=read.ending,
            changed=read.changed,
        )

    def _filled(self, template: MessageTemplate, file: CaseFile, point: PointRecord, language: str) -> tuple[str, str]:
        if not _fits(template, file, point):
            raise InputError(msg("This template is not for whom the message goes to."), field="template")
        values = self._values(file, language)
        why = _withheld(template, self._facts(file), values, language)
        if why is not None:
            raise InputError(why, field="template")
        return template.filled(language, values)

    def _facts(self, file: CaseFile) -> frozenset[str]:
        return facts_of(file, self._seat.person, self._seat.clock.today())

    def _values(self, file: CaseFile, language: str) -> Mapping[str, str]:
        """The fields as they are said in the language of the message; empty where the case has none."""
        today = self._seat.clock.today()
        say = Translator(language, self._seat.clock.zone, today)
        total = standing.owed(file, today).total.total
        judged = standing.judgement(file, today).open
        promise = None if judged is None else judged.promise
        plan = file.state.plan if file.state.plan_in_force else None
        coming = [] if plan is None else [row for row in plan.instalments if row.due >= today]
        account = min(file.accounts, key=lambda row: row.first_unpaid_due or date.max, default=None)
        paid = _paid(file, account.id, today) if account is not None else None
        action = file.state.next_action
        callback = None
        if action is not None and action.action == "call_back" and action.due >= today:
            callback = f"{say.day(action.due)} {action.time or ''}".strip()

        def money(minor: int) -> str:
            return say.say(msg("{amount}", amount=Money(minor, file.book.currency)))

        def day(when: date | None) -> str:
            return "" if when is None else say.day(when)

        return {
            "name": file.debtor.name,
            "bank": file.book.bank,
            "phone": str(file.book.contact.get("phone", "")),
            "tail": "" if account is None else account.number[-4:],
            "amount": money(total) if total > 0 else "",
            "due_date": day(account.first_unpaid_due) if account is not None and total > 0 else "",
            "promise_amount": "" if promise is None else money(promise.amount),
            "promise_date": day(promise.due) if promise is not None and promise.due > today else "",
            "promise_today": day(promise.due) if promise is not None and promise.due == today else "",
            "instalment_amount": money(coming[0].amount) if coming else "",
            "instalment_date": day(coming[0].due) if coming else "",
            "instalments": "" if plan is None else str(len(plan.instalments)),
            "paid_date": day(paid),
            "callback": callback or "",
        }


def _language(file: CaseFile, chosen: str) -> str:
    return "zh_CN" if (chosen or file.debtor.language) == "zh_CN" else "en"


def _usable(file: CaseFile) -> list[PointRecord]:
    unusable = {*file.state.dead_points, *file.state.refused_points}
    return [point for point in file.points if point.kind in CHANNELS and point.id not in unusable]


def _fits(template: MessageTemplate, file: CaseFile, point: PointRecord) -> bool:
    return lights.whose(file, point).party in template.parties and CHANNELS[point.kind] in template.channels


def _paid(file: CaseFile, account: str, today: date) -> date | None:
    """The day of the last payment on the account, when it was of late and not taken back."""
    undone = {payment.reverses for payment in file.payments}
    days = [
        payment.value_date
        for payment in file.payments
        if payment.account_id == account and payment.amount > 0 and payment.id not in undone
    ]
    return max((day for day in days if today - THANKS_WITHIN <= day <= today), default=None)


def _withheld(
    template: MessageTemplate, facts: frozenset[str], values: Mapping[str, str], language: str
) -> Message | None:
    """Why the case does not allow the template."""
    fact = messaging.withheld(template, facts)
    if fact is not None:
        return (
            msg("Not on this case: {fact}.", fact=Label("script_fact", fact))
            if fact in template.requires
            else msg("In the way: {fact}.", fact=Label("script_fact", fact))
        )
    try:
        template.filled(language, values)
    except InputError as error:
        return error.message
    return None


def _against(light: Light, override_reason: str) -> list[InputError]:
    """What the light has against it."""
    if light.verdict == "block":
        return [InputError(msg("{light}: {reason}", light=light.phrase, reason=light.reasons[0]), field="point")]
    if light.verdict == "warn" and not override_reason.strip():
        why = msg("The light warns: {reason} Say why the message goes out all the same.", reason=light.reasons[0])
        return [InputError(why, field="override_reason")]
    return []


def _next(file: CaseFile, today: date) -> NextAction | None:
    """A case keeps the next action it has, unless that was the message itself; none is left without one."""
    action = file.state.next_action
    if action is not None and action.action != "send_message":
        return None
    return NextAction(action="call", due=next_business_day(today + timedelta(days=ANSWER_DAYS)))
