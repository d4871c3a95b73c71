-- What takes a lead's yes, from where it takes two of them, and authority lent for a while.

-- The house's table of decisions, put here by `workstation central migrate`: no seat's word is asked for it.
CREATE TABLE decision_rule (
    what text PRIMARY KEY CHECK (what IN ('plan', 'legal_referral', 'third_party', 'override')),
    valid_days integer NOT NULL CHECK (valid_days BETWEEN 0 AND 3660),  -- 0: a yes does not end
    four_eyes json NOT NULL  -- by currency: {"from": minor units, "decimals": of the currency}
);

-- A lead's authority in another's hands, from and until. A row is never changed but to end it early.
CREATE TABLE delegation (
    id uuid PRIMARY KEY,
    from_person uuid NOT NULL REFERENCES person,
    to_person uuid NOT NULL REFERENCES person CHECK (to_person <> from_person),
    from_at timestamptz NOT NULL,
    until_at timestamptz NOT NULL CHECK (until_at > from_at),
    reason text NOT NULL,
    made_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    ended_at timestamptz,
    ended_by uuid REFERENCES person,
    xid xid8 NOT NULL DEFAULT pg_current_xact_id()
);
CREATE INDEX ix_delegation_to_person ON delegation (to_person);
CREATE INDEX ix_delegation_from_person ON delegation (from_person);
CREATE TRIGGER stamp_xid BEFORE UPDATE ON delegation FOR EACH ROW EXECUTE FUNCTION app.stamp_xid();

DO $$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['decision_rule', 'delegation'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', name);
        EXECUTE format('CREATE POLICY owner_works ON %I TO ws_owner USING (true) WITH CHECK (true)', name);
        EXECUTE format('GRANT SELECT ON %I TO ws_collector, ws_field, ws_lead, ws_auditor, ws_admin', name);
    END LOOP;
END $$;
CREATE POLICY signed_in_read ON decision_rule FOR SELECT USING ((SELECT app.person_id()) IS NOT NULL);
CREATE POLICY all_read ON delegation FOR SELECT TO ws_auditor, ws_admin
    USING ((SELECT app.person_role()) IN ('auditor', 'admin'));
CREATE POLICY own_read ON delegation FOR SELECT
    USING (from_person = (SELECT app.person_id()) OR to_person = (SELECT app.person_id()));
