-- Who sees and writes what. Nothing is granted to PUBLIC.

REVOKE ALL ON SCHEMA public FROM PUBLIC;
REVOKE ALL ON ALL TABLES IN SCHEMA public FROM PUBLIC;
REVOKE ALL ON ALL FUNCTIONS IN SCHEMA app FROM PUBLIC;
GRANT USAGE ON SCHEMA public, app TO ws_collector, ws_field, ws_lead, ws_auditor, ws_admin;

-- What the policies ask.
GRANT EXECUTE ON FUNCTION app.person_id(), app.holders(), app.my_cases(), app.person_role()
    TO ws_collector, ws_field, ws_lead, ws_auditor, ws_admin;
GRANT EXECUTE ON FUNCTION app.hello(uuid, text, text), app.report_waiting(uuid, integer)
    TO ws_collector, ws_field, ws_lead, ws_auditor, ws_admin;
GRANT EXECUTE ON FUNCTION app.push_events(json) TO ws_collector, ws_field, ws_lead;
GRANT EXECUTE ON FUNCTION app.reassign(uuid[], integer[], uuid, text) TO ws_lead, ws_admin;
GRANT EXECUTE ON FUNCTION app.assign(uuid[], uuid), app.add_team(text), app.add_person(text, text, text, uuid, text),
    app.set_password(text, text), app.revoke_person(text), app.revoke_device(uuid), app.refresh_statistics()
    TO ws_admin;

DO $$
DECLARE
    name text;
    key text;
    directory CONSTANT text[] := ARRAY['central_meta', 'team', 'person', 'book'];
    per_case CONSTANT text[] := ARRAY['cases', 'debtor', 'account', 'balance_snapshot', 'payment', 'related_person',
                                      'contact_point', 'case_event'];
    master CONSTANT text[] := ARRAY['team', 'book', 'cases', 'debtor', 'account', 'balance_snapshot', 'payment',
                                    'related_person', 'contact_point'];
    columns text;
    changeable text;
BEGIN
    FOREACH name IN ARRAY directory || per_case || ARRAY['device', 'case_scope'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', name);
        -- Our own functions run as the owner; FORCE holds it to the policies, this one lets it work.
        EXECUTE format('CREATE POLICY owner_works ON %I TO ws_owner USING (true) WITH CHECK (true)', name);
        EXECUTE format('GRANT SELECT ON %I TO ws_collector, ws_field, ws_lead, ws_auditor, ws_admin', name);
        IF name <> ALL (directory) THEN
            EXECUTE format('CREATE POLICY all_read ON %I FOR SELECT TO ws_auditor, ws_admin '
                           'USING ((SELECT app.person_id()) IS NOT NULL)', name);
        END IF;
    END LOOP;
    FOREACH name IN ARRAY directory LOOP
        EXECUTE format('CREATE POLICY signed_in_read ON %I FOR SELECT TO ws_collector, ws_field, ws_lead, ws_auditor, '
                       'ws_admin USING ((SELECT app.person_id()) IS NOT NULL)', name);
    END LOOP;
    FOREACH name IN ARRAY per_case LOOP
        key := CASE name WHEN 'cases' THEN 'id' ELSE 'case_id' END;
        EXECUTE format('CREATE POLICY assigned_read ON %I FOR SELECT TO ws_collector, ws_field, ws_lead '
                       'USING (%I = ANY ((SELECT app.my_cases())::uuid[]))', name, key);
    END LOOP;
    -- Master data is the bank's: the administrator loads it, and `xid` is never among the columns he may name.
    FOREACH name IN ARRAY master LOOP
        EXECUTE format('CREATE POLICY book_insert ON %I FOR INSERT TO ws_admin '
                       'WITH CHECK ((SELECT app.person_id()) IS NOT NULL)', name);
        EXECUTE format('CREATE POLICY book_update ON %I FOR UPDATE TO ws_admin '
                       'USING ((SELECT app.person_id()) IS NOT NULL) WITH CHECK ((SELECT app.person_id()) IS NOT NULL)', name);
        SELECT string_agg(quote_ident(a.attname), ', '),
               string_agg(quote_ident(a.attname), ', ')
                   FILTER (WHERE a.attname NOT IN ('id', 'case_id', 'assignee_id', 'team_id', 'version'))
        INTO columns, changeable
        FROM pg_attribute a
        WHERE a.attrelid = name::regclass AND a.attnum > 0 AND NOT a.attisdropped AND a.attname <> 'xid';
        EXECUTE format('GRANT INSERT (%s), UPDATE (%s) ON %I TO ws_admin', columns, changeable, name);
    END LOOP;
END $$;

CREATE POLICY own_read ON case_scope FOR SELECT TO ws_collector, ws_field, ws_lead
    USING (holder_id = ANY ((SELECT app.holders())::uuid[]));

CREATE POLICY own_read ON device FOR SELECT TO ws_collector, ws_field
    USING (person_id = (SELECT app.person_id()));
CREATE POLICY team_read ON device FOR SELECT TO ws_lead
    USING (person_id IN (SELECT p.id FROM person p
                         WHERE p.team_id = (SELECT me.team_id FROM person me WHERE me.id = (SELECT app.person_id()))));
