"""The trade's stable ids. Labels are translated at the edge as `Label(vocabulary, id)`."""

from __future__ import annotations

OUTCOMES = (
    "no_answer",
    "busy",
    "switched_off",
    "invalid_number",
    "voicemail",
    "hung_up",
    "wrong_party",
    "third_party_spoken",
    "third_party_will_relay",
    "right_party_no_commitment",
    "promise_to_pay",
    "plan_requested",
    "plan_agreed",
    "callback_requested",
    "disputes_debt",
    "complaint",
    "hardship_claimed",
    "refuses_to_pay",
    "claims_paid",
    "deceased",
    "incarcerated",
    "represented_by_counsel",
    "asks_to_stop_contact",
    "visit_met",
    "visit_absent",
    "visit_address_wrong",
    "visit_refused",
)
IDENTITY_CHECKS = ("full_name", "id_tail", "birth_date", "card_tail", "address")
IDENTITY_NEEDED = 2
ARREARS_REASONS = (
    "income_lost",
    "income_reduced",
    "illness",
    "family_change",
    "overspending",
    "business_failure",
    "other_debts",
    "disaster",
    "forgot",
    "dispute",
    "never_received",
    "fraud",
    "unwilling",
    "unknown",
)
NEXT_ACTIONS = (
    "call",
    "call_back",
    "send_letter",
    "send_message",
    "visit",
    "check_payment",
    "answer_dispute",
    "answer_complaint",
    "propose_plan",
    "repair_contact",
    "review",
    "await_approval",
    "legal_review",
)
# What may be recorded as true of a case, beside what outcomes of contacts already say.
CIRCUMSTANCES = (
    "legal_step_taken",
    "credit_reported",
    "breathing_space",
    "consent_out_of_hours",
    "consent_extra_calls",
    "refused_channel",
    "inconvenient_place",
    "validation_notice",
    "secured",
    "risk_note",
)
# Who goes on a visit, and as what.
VISIT_ROLES = ("visitor", "companion", "legal", "lead")
# What comes before a case is referred to the lawyers.
PRE_ACTION = (
    "demand_arrived",
    "final_notice_arrived",
    "terms_offered",
    "hardship_asked",
    "no_dispute_open",
    "no_complaint_open",
    "not_time_barred",
)
# The lines of a person's month.
BUDGET_INCOME = (
    "salary",
    "second_job",
    "self_employed",
    "pension",
    "benefits",
    "rent_received",
    "support_received",
    "household",
    "other_income",
)
BUDGET_SPENDING = (
    "food",
    "housing",
    "utilities",
    "transport",
    "health",
    "education",
    "dependants",
    "clothing",
    "communication",
    "household_goods",
    "insurance",
    "other_spending",
)
PRIORITY_DEBTS = (
    "mortgage",
    "secured_loan",
    "housing_arrears",
    "utility_arrears",
    "tax",
    "maintenance",
    "court_order",
    "other_priority",
)
PAYMENT_METHODS = ("online_banking", "mobile_app", "counter", "transfer", "auto_debit", "wechat", "alipay", "cash")
STAGES = ("M0", "M1", "M2", "M3", "M4", "M5", "M6", "M7+")
ROLES = ("collector", "field", "lead", "auditor", "admin")
# What may leave the program by hand; `events.TakenOut` says how.
TAKEN = (
    "letter",
    "letters",
    "message",
    "schedule",
    "calendar",
    "work_plan_day",
    "work_plan_week",
    "shift_report",
    "report",
    "caseload_list",
    "indicator_list",
    "queue_list",
    "conduct_list",
    "audit_list",
    "dossier",
    "court_bundle",
    "book",
    "phone",
    "email",
    "address",
    "card",
    "id_number",
    "birth_date",
    "employer",
    "free_text",
)
