"""English labels of every vocabulary id. `_L` marks them for Babel; the catalogues translate them."""

from __future__ import annotations

from workstation.domain.message import Label


def _L(text: str) -> str:
    return text


_STAGES = {
    "M0": _L("M0"),
    "M1": _L("M1"),
    "M2": _L("M2"),
    "M3": _L("M3"),
    "M4": _L("M4"),
    "M5": _L("M5"),
    "M6": _L("M6"),
    "M7+": _L("M7+"),
}

_OUTCOMES = {
    "no_answer": _L("No answer"),
    "busy": _L("Busy"),
    "switched_off": _L("Switched off"),
    "invalid_number": _L("Invalid number"),
    "voicemail": _L("Voicemail"),
    "hung_up": _L("Hung up"),
    "wrong_party": _L("Wrong person"),
    "third_party_spoken": _L("Third party answered"),
    "third_party_will_relay": _L("Third party will relay"),
    "right_party_no_commitment": _L("Debtor answered"),
    "promise_to_pay": _L("Promise to pay"),
    "plan_requested": _L("Asks for a plan"),
    "plan_agreed": _L("Plan agreed"),
    "callback_requested": _L("Call back"),
    "disputes_debt": _L("Disputes the debt"),
    "complaint": _L("Complaint"),
    "hardship_claimed": _L("Claims hardship"),
    "refuses_to_pay": _L("Refuses to pay"),
    "claims_paid": _L("Says it is paid"),
    "deceased": _L("Deceased"),
    "incarcerated": _L("In custody"),
    "represented_by_counsel": _L("Represented by counsel"),
    "asks_to_stop_contact": _L("Asks to stop contact"),
    "visit_met": _L("Visit: met the debtor"),
    "visit_absent": _L("Visit: nobody there"),
    "visit_address_wrong": _L("Visit: wrong address"),
    "visit_refused": _L("Visit: refused"),
}

_REASONS = {
    "income_lost": _L("Income lost"),
    "income_reduced": _L("Income reduced"),
    "illness": _L("Illness"),
    "family_change": _L("Change in the family"),
    "overspending": _L("Overspending"),
    "business_failure": _L("Business failed"),
    "other_debts": _L("Other debts"),
    "disaster": _L("Disaster"),
    "forgot": _L("Forgot"),
    "dispute": _L("Disputes the debt"),
    "never_received": _L("Never received the card or statement"),
    "fraud": _L("Fraud by somebody else"),
    "unwilling": _L("Unwilling"),
    "unknown": _L("Reason unknown"),
}

_NEXT_ACTIONS = {
    "call": _L("Call"),
    "call_back": _L("Call back"),
    "send_letter": _L("Send a letter"),
    "send_message": _L("Send a message"),
    "visit": _L("Visit"),
    "check_payment": _L("Check the payment"),
    "answer_dispute": _L("Answer the dispute"),
    "answer_complaint": _L("Answer the complaint"),
    "propose_plan": _L("Propose a plan"),
    "repair_contact": _L("Find a working contact"),
    "review": _L("Review the case"),
    "await_approval": _L("Await approval"),
    "legal_review": _L("Legal review"),
}

_PEOPLE = {
    "role": {
        "collector": _L("Collector"),
        "field": _L("Field collector"),
        "lead": _L("Team lead"),
        "auditor": _L("Auditor"),
        "admin": _L("Administrator"),
    },
    "party": {
        "debtor": _L("Debtor"),
        "guarantor": _L("Guarantor"),
        "related": _L("Related person"),
        "unrelated": _L("Unrelated person"),
        "unknown": _L("Person not known"),
    },
    "relation": {
        "spouse": _L("Spouse"),
        "parent": _L("Parent"),
        "child": _L("Child"),
        "sibling": _L("Sibling"),
        "colleague": _L("Colleague"),
        "friend": _L("Friend"),
        "guarantor": _L("Guarantor"),
    },
    "sex": {"male": _L("Male"), "female": _L("Female")},
}

_CONTACT = {
    "channel": {
        "call": _L("Call"),
        "sms": _L("SMS"),
        "email": _L("E-mail"),
        "letter": _L("Letter"),
        "visit": _L("Visit"),
        "in_app": _L("In-app message"),
    },
    "direction": {"out": _L("Outgoing"), "in": _L("Incoming")},
    "point": {"mobile": _L("Mobile"), "home": _L("Home"), "work": _L("Work")},
    "point_kind": {"phone": _L("Phone"), "email": _L("E-mail"), "address": _L("Address")},
    "point_source": {
        "contract": _L("From the contract"),
        "debtor": _L("Left by the debtor"),
        "authorised": _L("Authorised by the debtor"),
        "public": _L("From a public source"),
        "contact": _L("Told by a contact"),
        "query": _L("From an authorised query"),
    },
    "day_figure": {
        "cases": _L("Cases worked"),
        "attempts": _L("Contact attempts"),
        "right_party": _L("Right-party contacts"),
        "promises": _L("Promises"),
        "plans": _L("Plans proposed"),
        "disputes": _L("Disputes"),
        "complaints": _L("Complaints"),
        "messages": _L("Messages"),
        "letters": _L("Letters"),
        "talk": _L("Talking time"),
        "after": _L("Writing-up time"),
        "abusive": _L("Abusive calls"),
    },
    "script_fact": {
        "identity_verified": _L("identity checked"),
        "spoken_before": _L("spoken to before"),
        "legal_step_taken": _L("a legal step was taken"),
        "legal_review": _L("under legal review"),
        "credit_reported": _L("told to the credit register"),
        "waiver_available": _L("a waiver is possible"),
        "interest_accrues": _L("interest runs"),
        "plan_in_force": _L("a plan is in force"),
        "promise_open": _L("a promise is open"),
        "promise_kept": _L("the last promise was kept"),
        "promise_broken": _L("the last promise was broken"),
        "dispute_open": _L("a dispute is open"),
        "complaint_open": _L("a complaint is open"),
        "in_hardship": _L("in hardship"),
        "time_barred": _L("time-barred"),
        "breathing_space": _L("breathing space"),
        "ceased": _L("asked not to be contacted"),
        "represented": _L("represented"),
    },
    "message_state": {"sent": _L("sent"), "delivered": _L("delivered"), "failed": _L("failed")},
    "circumstance": {
        "legal_step_taken": _L("A legal step was taken"),
        "credit_reported": _L("Told to the credit register"),
        "breathing_space": _L("Breathing space"),
        "consent_out_of_hours": _L("Agreed to contact outside the hours"),
        "consent_extra_calls": _L("Agreed to further calls"),
        "refused_channel": _L("Refuses contact by this means"),
        "inconvenient_place": _L("Not to be contacted at this place"),
        "validation_notice": _L("Validation notice sent"),
    },
    "circumstance_field": {
        "since": _L("Since"),
        "until": _L("Until"),
        "channel": _L("Means of contact"),
        "point": _L("Contact point"),
        "calls": _L("Further calls a day"),
        "evidence": _L("Evidence"),
    },
    "point_state": {"alive": _L("In use"), "dead": _L("Dead"), "refused": _L("Refused")},
    "identity_check": {
        "full_name": _L("Full name"),
        "id_tail": _L("Last digits of the ID"),
        "birth_date": _L("Birth date"),
        "card_tail": _L("Last digits of the card"),
        "address": _L("Registered address"),
    },
    "verdict": {"allow": _L("Allowed"), "warn": _L("Warned"), "block": _L("Blocked")},
    "purpose": {
        "collect": _L("Collect"),
        "service": _L("Service message"),
        "locate": _L("Ask for contact details"),
        "relay": _L("Pass on a message"),
    },
    "revealed": {
        "phone": _L("Phone number"),
        "email": _L("E-mail address"),
        "address": _L("Address"),
        "id_number": _L("ID number"),
        "card": _L("Card number"),
        "card_number": _L("Card number"),
    },
}

_MONEY = {
    "component": {
        "principal": _L("Principal"),
        "interest": _L("Interest"),
        "penalty": _L("Penalty"),
        "fees": _L("Fees"),
        "costs": _L("Costs"),
        "plan_interest": _L("Plan interest"),
    },
    "payment_method": {
        "online_banking": _L("Online banking"),
        "mobile_app": _L("The bank's app"),
        "counter": _L("At the counter"),
        "transfer": _L("Bank transfer"),
        "auto_debit": _L("Direct debit"),
        "wechat": _L("WeChat Pay"),
        "alipay": _L("Alipay"),
        "cash": _L("Cash"),
    },
    "promise_status": {
        "open": _L("Open"),
        "kept": _L("Kept"),
        "partly_kept": _L("Partly kept"),
        "broken": _L("Broken"),
        "cancelled": _L("Cancelled"),
    },
    "frequency": {"weekly": _L("Weekly"), "fortnightly": _L("Fortnightly"), "monthly": _L("Monthly")},
    "business_days": {
        "none": _L("As they fall"),
        "following": _L("Next working day"),
        "preceding": _L("Working day before"),
    },
    "plan_method": {
        "equal_instalment": _L("Equal instalments"),
        "equal_principal": _L("Equal principal"),
        "interest_free": _L("Interest-free instalments"),
        "stepped": _L("Stepped instalments"),
        "down_payment": _L("Down payment, then instalments"),
        "balloon": _L("Small instalments, large last one"),
        "settlement": _L("Settlement for less"),
        "custom": _L("Own dates and amounts"),
    },
    "plan_decision": {
        "proposed": _L("proposed"),
        "approved": _L("approved"),
        "rejected": _L("rejected"),
        "agreed": _L("agreed"),
        "active": _L("in force"),
        "breached": _L("breached"),
        "completed": _L("completed"),
        "cancelled": _L("cancelled"),
    },
    "consent": {"signed": _L("Signed"), "recorded": _L("Recorded orally")},
}

_MATTERS = {
    "dispute_state": {"open": _L("open"), "answered": _L("answered"), "withdrawn": _L("withdrawn")},
    "hardship_state": {"claimed": _L("claimed"), "confirmed": _L("confirmed"), "ended": _L("ended")},
    "quadrant": {
        "able_willing": _L("Willing · able to pay"),
        "unable_willing": _L("Willing · unable to pay in full"),
        "able_unwilling": _L("Unwilling · able to pay"),
        "unable_unwilling": _L("Unwilling · unable to pay"),
    },
    "filter": {
        "all": _L("All"),
        "promise": _L("Promise due"),
        "callback": _L("Call back"),
        "new": _L("New"),
        "plan": _L("Plan due"),
        "dispute": _L("Dispute"),
        "field": _L("Field"),
    },
}

_PAPERS = {
    "letter": {
        "reminder": _L("Reminder"),
        "demand": _L("Demand letter"),
        "plan_agreement": _L("Plan agreement"),
        "settlement_offer": _L("Settlement offer"),
        "visit_notice": _L("Visit notice"),
        "dispute_reply": _L("Reply to the dispute"),
        "final_notice": _L("Final notice before action"),
        "paid_in_full": _L("Paid-in-full certificate"),
    },
    "letter_content": {
        "name": _L("The debtor's name"),
        "balance": _L("The balance"),
        "reason": _L("The reason for the letter"),
        "law": _L("The law relied on"),
        "rights_and_duties": _L("The debtor's rights and duties"),
        "how_to_check": _L("How to check the account"),
        "how_to_pay": _L("How to pay"),
        "how_to_object": _L("How to object"),
        "how_to_hand_in_evidence": _L("How to hand in evidence"),
        "bank_contact": _L("The bank's contact details"),
        "seal": _L("The business seal"),
    },
    "plan_clause": {
        "balance": _L("The balance"),
        "structure": _L("What the balance consists of"),
        "currency": _L("The currency"),
        "schedule": _L("Dates and amounts of the instalments"),
        "fees_and_interest": _L("Whether fees and interest run"),
        "no_new_cards": _L("No new cards until paid"),
        "rights_duties_and_breach": _L("Rights, duties and breach"),
        "other_matters": _L("Other matters"),
    },
    "language": {"zh_CN": _L("Chinese"), "en": _L("English")},
    "jurisdiction": {"zh-CN": _L("Mainland China"), "en-US": _L("United States"), "en-GB": _L("United Kingdom")},
    "strength": {"law": _L("Law"), "guideline": _L("Guideline"), "house": _L("House rule")},
}

# Fields of the call-notes form, as `desk.views.CallForm` names them.
_CALL_FIELDS = {
    "contact_point": _L("Contact point"),
    "outcome": _L("Outcome"),
    "direction": _L("Direction"),
    "identity": _L("Identity check"),
    "person_name": _L("Who answered"),
    "amount": _L("Promised amount"),
    "due": _L("Promised date"),
    "method": _L("Payment method"),
    "reason": _L("Reason for arrears"),
    "ability": _L("Ability to pay"),
    "willingness": _L("Willingness to pay"),
    "evidence": _L("Evidence"),
    "callback": _L("When to call back"),
    "note": _L("Note"),
    "recording": _L("Recording"),
    "override_reason": _L("Reason for going ahead"),
    "began_at": _L("Began at"),
    "answered_at": _L("Answered at"),
    "ended_at": _L("Ended at"),
    "same_call": _L("The same call"),
    "next_action": _L("Next action"),
    "next_due": _L("Date of the next action"),
    "ring": _L("Ringing"),
    "talk": _L("Talking"),
    "after": _L("Writing up"),
    "times_reason": _L("Reason for other times"),
    "satisfaction": _L("Satisfaction, if asked"),
    "abusive": _L("Abusive call"),
    "paused": _L("Seconds on a break"),
}

_INTERRUPTIONS = {
    "demand": _L("a demand that reached the debtor"),
    "suit": _L("a suit"),
    "promise": _L("the debtor's promise"),
    "payment": _L("a payment"),
    "plan": _L("a signed plan"),
}

# What the strategy says to do, and what it may ask about a case.
_STRATEGY = {
    "tone": {
        "service": _L("as a service"),
        "friendly": _L("friendly"),
        "firm": _L("firm"),
        "formal": _L("formal"),
    },
    "visit_team": {
        "pair": _L("two people go"),
        "pair_and_legal": _L("two people and a legal specialist go"),
        "pair_and_lead": _L("two people and the lead go"),
    },
    "referral": {
        "lead": _L("refer to the lead"),
        "legal": _L("refer to legal"),
        "disputes": _L("answer the dispute"),
        "complaints": _L("answer the complaint"),
        "hardship": _L("check the hardship"),
    },
    "strategy_fact": {
        "stage": _L("Stage"),
        "quadrant": _L("Ability and willingness"),
        "last_outcome": _L("Last outcome"),
        "balance": _L("Balance"),
        "days_past_due": _L("Days past due"),
        "case_age": _L("Days since the case was opened"),
        "days_since_reached": _L("Days since the debtor was reached"),
        "attempts": _L("Attempts"),
        "promises_kept": _L("Promises kept"),
        "promises_broken": _L("Promises broken"),
        "limitation_left": _L("Days left to sue"),
    },
    "strategy_flag": {
        "dispute_open": _L("Dispute open"),
        "complaint_open": _L("Complaint open"),
        "hardship": _L("Hardship"),
        "out_of_contact": _L("Out of contact"),
        "plan_in_force": _L("Plan in force"),
        "plan_waiting": _L("Plan not agreed yet"),
        "promise_open": _L("Promise open"),
        "ceased": _L("Asked not to be contacted"),
        "represented": _L("Represented by counsel"),
        "deceased": _L("Deceased"),
        "incarcerated": _L("In custody"),
        "breathing_space": _L("Breathing space"),
        "legal_step_taken": _L("Legal step taken"),
        "time_barred": _L("The time to sue has run out"),
    },
}

# The history shows the first character of these as its sign.
_GLYPHS = {
    "call": _L("Call"),
    "message": _L("Message"),
    "promise": _L("Promise"),
    "letter": _L("Letter"),
    "payment": _L("Payment"),
    "plan": _L("Instalments"),
    "change": _L("Change"),
    "balance": _L("Stage"),
    "dispute": _L("Dispute"),
    "visit": _L("Visit"),
    "note": _L("Note"),
}

LABELS: dict[tuple[str, str], str] = {
    (vocabulary, key): text
    for vocabulary, entries in {
        "stage": _STAGES,
        "outcome": _OUTCOMES,
        "reason": _REASONS,
        "next_action": _NEXT_ACTIONS,
        "call_field": _CALL_FIELDS,
        "glyph": _GLYPHS,
        "level": {str(level): str(level) for level in range(1, 6)},
        "interruption": _INTERRUPTIONS,
        **_PEOPLE,
        **_CONTACT,
        **_MONEY,
        **_MATTERS,
        **_PAPERS,
        **_STRATEGY,
    }.items()
    for key, text in entries.items()
}


def label_text(label: Label) -> str:
    """The English label; the bare id when a newer version wrote one that is not known here."""
    return LABELS.get((label.vocabulary, label.id), label.id)
