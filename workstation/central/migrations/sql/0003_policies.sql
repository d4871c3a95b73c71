-- A gateway reaches its functions and nothing else: not even the schema of the tables.

REVOKE ALL ON ALL FUNCTIONS IN SCHEMA app FROM PUBLIC;
REVOKE ALL ON ALL TABLES IN SCHEMA public FROM PUBLIC;

GRANT USAGE ON SCHEMA app TO ws_gateway;
GRANT EXECUTE ON FUNCTION app.due_messages(text[], integer), app.claim_message(uuid, bigint),
    app.message_later(uuid, integer, timestamptz), app.message_sent(uuid, integer, text), app.message_delivered(uuid),
    app.message_failed(uuid, integer, text), app.unconfirmed_messages(integer), app.message_status() TO ws_gateway;
GRANT EXECUTE ON FUNCTION app.add_gateway(text, text), app.revoke_gateway(text) TO ws_admin;

DO $$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['gateway', 'message_delivery'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', name);
        EXECUTE format('CREATE POLICY owner_works ON %I TO ws_owner USING (true) WITH CHECK (true)', name);
        EXECUTE format('GRANT SELECT ON %I TO ws_auditor, ws_admin', name);
        EXECUTE format('CREATE POLICY all_read ON %I FOR SELECT TO ws_auditor, ws_admin '
                       'USING ((SELECT app.person_role()) IN (''auditor'', ''admin''))', name);
    END LOOP;
END $$;
