-- The house's policy, what the centre knows of passwords without knowing them, and what two administrators do together.

CREATE TABLE house_policy (
    single boolean PRIMARY KEY DEFAULT true CHECK (single),
    shortest integer NOT NULL DEFAULT 10 CHECK (shortest BETWEEN 8 AND 64),      -- characters; asked where it is typed
    remembered integer NOT NULL DEFAULT 5 CHECK (remembered BETWEEN 1 AND 24),   -- passwords that may not come again
    longest_days integer CHECK (longest_days BETWEEN 1 AND 3650),                -- empty: a password does not age
    new_devices_wait boolean NOT NULL DEFAULT false                              -- until an administrator lets them in
);
INSERT INTO house_policy DEFAULT VALUES;

-- A person's verifiers are all made with the same salt, so that the same password is the same verifier and the centre
-- sees a password come again without ever seeing one. The salt is no secret: SCRAM tells it to whoever asks to sign in.
CREATE TABLE credential (
    person_id uuid PRIMARY KEY REFERENCES person,
    salt text,  -- "iterations:salt" as a verifier has it; empty until the first password after this migration
    set_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    must_change boolean NOT NULL DEFAULT false
);
INSERT INTO credential (person_id) SELECT id FROM person;

-- A hash of what PostgreSQL keeps of a password: enough to see it again, and of no use for signing in.
CREATE TABLE former_password (
    person_id uuid NOT NULL REFERENCES person,
    proof text NOT NULL,
    set_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (person_id, proof)
);

ALTER TABLE device
    ADD waits boolean NOT NULL DEFAULT false,  -- to be let in
    ADD erase_asked_at timestamptz,            -- what it holds is to be erased when it next asks
    ADD erased_at timestamptz;                 -- it said that it has

-- What one administrator asks for and another approves. What proves a new password is kept apart, for nobody's eyes.
CREATE TABLE admin_proposal (
    id uuid PRIMARY KEY,
    what text NOT NULL CHECK (what IN ('add_person', 'change_person', 'restore_person', 'set_password', 'change_policy')),
    subject text NOT NULL,  -- the login; of a policy "policy"
    body json NOT NULL,
    reason text NOT NULL,
    proposed_by uuid NOT NULL REFERENCES person,
    proposed_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    expires_at timestamptz NOT NULL DEFAULT clock_timestamp() + interval '3 days',
    decided_by uuid REFERENCES person,
    decided_at timestamptz,
    decision text CHECK (decision IN ('approved', 'rejected', 'withdrawn'))
);
CREATE TABLE proposal_secret (
    proposal uuid PRIMARY KEY REFERENCES admin_proposal,
    verifier text NOT NULL
);

DO $$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['house_policy', 'credential', 'former_password', 'admin_proposal', 'proposal_secret'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', name);
        EXECUTE format('CREATE POLICY owner_works ON %I TO ws_owner USING (true) WITH CHECK (true)', name);
        IF name NOT IN ('former_password', 'proposal_secret') THEN
            EXECUTE format('GRANT SELECT ON %I TO ws_auditor, ws_admin', name);
            EXECUTE format('CREATE POLICY all_read ON %I FOR SELECT TO ws_auditor, ws_admin '
                           'USING ((SELECT app.person_role()) IN (''auditor'', ''admin''))', name);
        END IF;
    END LOOP;
END $$;
