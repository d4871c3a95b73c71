-- The new tables and functions: nothing to PUBLIC, each to whom it is for.

REVOKE ALL ON ALL FUNCTIONS IN SCHEMA app FROM PUBLIC;
REVOKE ALL ON ALL TABLES IN SCHEMA public FROM PUBLIC;

GRANT EXECUTE ON FUNCTION app.hello(uuid, text, text), app.report_seat(uuid, integer, xid8)
    TO ws_collector, ws_field, ws_lead, ws_auditor, ws_admin;
-- Auditors and administrators too: what they alone still have after a restore, and what waits from an earlier role.
GRANT EXECUTE ON FUNCTION app.push_events(json), app.missing_events(uuid[])
    TO ws_collector, ws_field, ws_lead, ws_auditor, ws_admin;
GRANT EXECUTE ON FUNCTION app.reassign(uuid[], integer[], uuid, text), app.undo(uuid, text), app.decide(uuid, text, text),
    app.cover_leave(uuid, uuid, date, text), app.end_leave(uuid, text) TO ws_lead, ws_admin;
GRANT EXECUTE ON FUNCTION app.change_person(text, text, uuid), app.one_load() TO ws_admin;

DO $$
DECLARE
    name text;
    key text;
    my_team CONSTANT text := '(SELECT me.team_id FROM person me WHERE me.id = (SELECT app.person_id()) AND me.role = ''lead'')';
BEGIN
    FOREACH name IN ARRAY ARRAY['refused_event', 'recovered_event', 'moved_case', 'leave_cover', 'former_team', 'admin_event'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', name);
        EXECUTE format('CREATE POLICY owner_works ON %I TO ws_owner USING (true) WITH CHECK (true)', name);
        EXECUTE format('GRANT SELECT ON %I TO ws_auditor, ws_admin', name);
    END LOOP;
    -- The groups are the server's and shared by its databases; in this book only the person's own role here counts.
    FOREACH name IN ARRAY ARRAY['refused_event', 'recovered_event', 'moved_case', 'leave_cover', 'former_team', 'admin_event', 'device',
                                'case_scope', 'cases', 'debtor', 'account', 'balance_snapshot', 'payment',
                                'related_person', 'contact_point', 'case_event'] LOOP
        EXECUTE format('DROP POLICY IF EXISTS all_read ON %I', name);
        EXECUTE format('CREATE POLICY all_read ON %I FOR SELECT TO ws_auditor, ws_admin '
                       'USING ((SELECT app.person_role()) IN (''auditor'', ''admin''))', name);
    END LOOP;
    FOREACH name IN ARRAY ARRAY['team', 'book', 'cases', 'debtor', 'account', 'balance_snapshot', 'payment',
                                'related_person', 'contact_point'] LOOP
        EXECUTE format('DROP POLICY book_insert ON %I', name);
        EXECUTE format('DROP POLICY book_update ON %I', name);
        EXECUTE format('CREATE POLICY book_insert ON %I FOR INSERT TO ws_admin '
                       'WITH CHECK ((SELECT app.person_role()) = ''admin'')', name);
        EXECUTE format('CREATE POLICY book_update ON %I FOR UPDATE TO ws_admin '
                       'USING ((SELECT app.person_role()) = ''admin'') WITH CHECK ((SELECT app.person_role()) = ''admin'')', name);
    END LOOP;
    -- What everybody sees of their own hangs on no group: `DROP OWNED BY` a group, open to its members, would take the
    -- policy away. Who has no cases here sees none.
    FOREACH name IN ARRAY ARRAY['cases', 'debtor', 'account', 'balance_snapshot', 'payment', 'related_person',
                                'contact_point', 'case_event'] LOOP
        key := CASE name WHEN 'cases' THEN 'id' ELSE 'case_id' END;
        EXECUTE format('DROP POLICY assigned_read ON %I', name);
        EXECUTE format('CREATE POLICY assigned_read ON %I FOR SELECT USING (%I = ANY ((SELECT app.my_cases())::uuid[]))', name, key);
    END LOOP;
    FOREACH name IN ARRAY ARRAY['central_meta', 'team', 'person', 'book'] LOOP
        EXECUTE format('DROP POLICY signed_in_read ON %I', name);
        EXECUTE format('CREATE POLICY signed_in_read ON %I FOR SELECT USING ((SELECT app.person_id()) IS NOT NULL)', name);
    END LOOP;
    DROP POLICY own_read ON case_scope;
    CREATE POLICY own_read ON case_scope FOR SELECT USING (holder_id = ANY ((SELECT app.holders())::uuid[]));
    DROP POLICY own_read ON device;
    CREATE POLICY own_read ON device FOR SELECT USING (person_id = (SELECT app.person_id()));
    -- A lead sees the team's: devices, moves to undo, leaves to end, what was refused, what came after a restore.
    DROP POLICY team_read ON device;
    FOREACH name IN ARRAY ARRAY['device', 'recovered_event', 'refused_event', 'leave_cover'] LOOP
        EXECUTE format('GRANT SELECT ON %I TO ws_lead', name);
        EXECUTE format('CREATE POLICY team_read ON %I FOR SELECT TO ws_lead '
                       'USING (person_id IN (SELECT p.id FROM person p WHERE p.team_id = %s))', name, my_team);
    END LOOP;
    GRANT SELECT ON moved_case TO ws_lead;
    EXECUTE format('CREATE POLICY team_read ON moved_case FOR SELECT TO ws_lead USING (from_team = %s)', my_team);
END $$;
