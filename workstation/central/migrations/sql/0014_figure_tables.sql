-- What the indicators count, worked out when it is written: per case and day, so that a question about a million events
-- reads some thousand rows. Everything here follows from events, payments and the bank's figures and can be made again.

-- Days are told by this zone, at the centre and in every figure it gives.
CREATE FUNCTION app.figure_zone() RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$ SELECT 'Asia/Shanghai' $$;

-- Days and amount of grace, as in the shipped rule packs.
CREATE TABLE figure_term (
    jurisdiction text NOT NULL,
    currency text NOT NULL,
    grace_days integer NOT NULL,
    tolerance bigint NOT NULL,
    decimals integer NOT NULL,
    PRIMARY KEY (jurisdiction, currency)
);
INSERT INTO figure_term
SELECT r.jurisdiction, c.currency, 3, r.whole * (10 ^ c.decimals)::bigint, c.decimals
FROM (VALUES ('zh-CN', 10), ('en-GB', 1), ('en-US', 2)) r (jurisdiction, whole),
     (VALUES ('CNY', 2), ('TWD', 2), ('HKD', 2), ('USD', 2), ('GBP', 2), ('EUR', 2), ('JPY', 0), ('KRW', 0), ('KWD', 3)) c (currency, decimals);

-- Who was reached by an outcome, and whether the form asks for the identity.
CREATE TABLE figure_outcome (
    outcome text PRIMARY KEY,
    reach text NOT NULL CHECK (reach IN ('debtor', 'third_party')),
    asks_identity boolean NOT NULL
);
INSERT INTO figure_outcome VALUES
    ('right_party_no_commitment', 'debtor', true), ('promise_to_pay', 'debtor', true), ('plan_requested', 'debtor', true),
    ('disputes_debt', 'debtor', false), ('callback_requested', 'debtor', false), ('refuses_to_pay', 'debtor', true),
    ('plan_agreed', 'debtor', true), ('complaint', 'debtor', false), ('hardship_claimed', 'debtor', true),
    ('claims_paid', 'debtor', true), ('represented_by_counsel', 'debtor', false), ('asks_to_stop_contact', 'debtor', false),
    ('visit_met', 'debtor', true), ('third_party_spoken', 'third_party', false), ('wrong_party', 'third_party', false),
    ('third_party_will_relay', 'third_party', false), ('deceased', 'third_party', false), ('incarcerated', 'third_party', false);

-- Cases whose rows below are behind: written with what changed them, taken away with the counting. `what`: 1 the work
-- since that day, 2 promises and plans, 4 the bank's figures.
CREATE TABLE figure_stale (
    case_id uuid NOT NULL,
    since date NOT NULL,
    what integer NOT NULL
);
CREATE INDEX ix_figure_stale_case_id ON figure_stale (case_id);

-- `first_unpaid`: of all accounts. The judgements in figure_due hold on days from `known_from` to before `known_until`:
-- a payment with a later value date may change them.
CREATE TABLE figure_case (
    case_id uuid PRIMARY KEY REFERENCES cases,
    first_unpaid date,
    known_from date NOT NULL DEFAULT '-infinity',
    known_until date NOT NULL DEFAULT 'infinity'
);

-- The bank's figures of an account, from their day to before the next.
CREATE TABLE figure_span (
    case_id uuid NOT NULL REFERENCES cases,
    account_id uuid NOT NULL,
    since date NOT NULL,
    until date NOT NULL,
    first boolean NOT NULL,
    owed bigint NOT NULL,
    months integer NOT NULL,
    PRIMARY KEY (case_id, account_id, since)
);
CREATE INDEX ix_payment_account_id ON payment (account_id, value_date) INCLUDE (amount);

-- What a person did on a case on a day; with `month`, in the month that begins then. Times are seconds.
CREATE TABLE figure_work (
    case_id uuid NOT NULL REFERENCES cases,
    author uuid NOT NULL,
    month boolean NOT NULL,
    day date NOT NULL,
    attempts bigint NOT NULL,
    met bigint NOT NULL,         -- attempts at which the debtor was spoken to, identity checked
    reached bigint NOT NULL,     -- the same of all contacts
    blocked bigint NOT NULL,
    overridden bigint NOT NULL,
    complaints bigint NOT NULL,
    spoken bigint NOT NULL,
    unrecorded bigint NOT NULL,
    rated bigint NOT NULL,
    ratings bigint NOT NULL,     -- their sum
    talk bigint NOT NULL,
    after_call bigint NOT NULL,
    promised bigint NOT NULL,
    settled bigint NOT NULL,
    PRIMARY KEY (case_id, author, month, day)
);
CREATE INDEX ix_figure_work_day ON figure_work (day) WHERE NOT month;
CREATE INDEX ix_figure_work_month ON figure_work (day) WHERE month;

-- Attempts by the hour of the day, as above.
CREATE TABLE figure_hour (
    case_id uuid NOT NULL REFERENCES cases,
    author uuid NOT NULL,
    month boolean NOT NULL,
    day date NOT NULL,
    hour integer NOT NULL,
    attempts bigint NOT NULL,
    met bigint NOT NULL,
    PRIMARY KEY (case_id, author, month, day, hour)
);
CREATE INDEX ix_figure_hour_day ON figure_hour (day) WHERE NOT month;
CREATE INDEX ix_figure_hour_month ON figure_hour (day) WHERE month;

-- Promises, and instalments of agreed plans, judged against the payments. `kept`: it is not open whatever the day;
-- `good`: kept, of an instalment in time; `came`: what counts of `amount`.
CREATE TABLE figure_due (
    case_id uuid NOT NULL REFERENCES cases,
    id text NOT NULL,
    author uuid NOT NULL,
    instalment boolean NOT NULL,
    due date NOT NULL,
    closes date NOT NULL,
    amount bigint NOT NULL,
    came bigint NOT NULL,
    kept boolean NOT NULL,
    good boolean NOT NULL,
    PRIMARY KEY (case_id, id)
);
CREATE INDEX ix_figure_due_due ON figure_due (due);

DO $$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['figure_term', 'figure_outcome', 'figure_stale', 'figure_case', 'figure_span',
                                'figure_work', 'figure_hour', 'figure_due'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
        -- Read by the owner's functions, which know whose figures they may tell, and by nobody else: no policy, and not
        -- forced on the owner, for whom the planner would then have no statistics of a day (its comparisons may leak).
        EXECUTE format('REVOKE ALL ON %I FROM PUBLIC', name);
    END LOOP;
END $$;
