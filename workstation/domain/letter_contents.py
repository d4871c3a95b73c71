"""What the content rules of a pack may require a letter to say, by rule. A word that is not here would bind nobody.

Each word is stated by a block of a template (`resources/letters`), and named for a person in `letters.elements`.
"""

from __future__ import annotations

from collections.abc import Mapping

_ANSWER = frozenset({"reference", "about", "finding", "decision", "further_step", "answer_source", "bank_contact"})

CONTENTS: Mapping[str, frozenset[str]] = {
    "settlement_contents": frozenset(
        {
            "settlement_amount",
            "waived",
            "settlement_dates",
            "valid_until",
            "effect_of_settling",
            "free_choice",
        }
    ),
    "instalment_contents": frozenset(
        {"which_instalment", "instalment_amount", "instalment_due", "remaining", "how_to_pay", "help", "bank_contact"}
    ),
    "breach_contents": frozenset({"which_instalment", "arrears", "remaining", "grace", "consequence", "help"}),
    "visit_contents": frozenset(
        {
            "visit_when",
            "visit_where",
            "visit_who",
            "visit_purpose",
            "identity_shown",
            "may_refuse",
            "recorded",
            "no_cash",
            "how_to_change",
        }
    ),
    "dossier_contents": frozenset({"dossier_number", "dossier_for", "whom_to_tell", "conduct", "checklist"}),
    "dispute_contents": _ANSWER,
    "complaint_contents": _ANSWER,
    "final_contents": frozenset({"legal_step", "legal_after", "not_yet", "how_to_avoid", "advice"}),
    "lawyer_contents": frozenset({"client", "lawyer", "contract", "claims", "legal_after", "draft"}),
    "limitation_contents": frozenset({"contract", "demand", "limitation"}),
    "paid_contents": frozenset({"name", "paid_amount", "paid_on", "account_state", "no_further_claim", "bank_contact"}),
    "history_contents": frozenset({"name", "case_reference", "period", "entries", "source_of_record"}),
    "validation_contents": frozenset(
        {
            "debt_collector",
            "collector_address",
            "consumer",
            "creditor_then",
            "account_number",
            "creditor_now",
            "itemisation_date",
            "amount_then",
            "itemisation",
            "amount_now",
            "dispute_right",
            "original_creditor_right",
            "assumed_valid",
            "protections",
            "dispute_prompts",
            "creditor_prompt",
            "return_addresses",
        }
    ),
}
