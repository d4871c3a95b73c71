-- The new tables and functions: nothing to PUBLIC, each to whom it is for.

REVOKE ALL ON ALL FUNCTIONS IN SCHEMA app FROM PUBLIC;
REVOKE ALL ON ALL TABLES IN SCHEMA public FROM PUBLIC;

GRANT EXECUTE ON FUNCTION app.hello(uuid, text, text), app.report_seat(uuid, integer, xid8)
    TO ws_collector, ws_field, ws_lead, ws_auditor, ws_admin;
GRANT EXECUTE ON FUNCTION app.push_events(json), app.missing_events(uuid[]) TO ws_collector, ws_field, ws_lead;
GRANT EXECUTE ON FUNCTION app.reassign(uuid[], integer[], uuid, text), app.undo(uuid, text), app.decide(uuid, text, text),
    app.cover_leave(uuid, uuid, date, text), app.end_leave(uuid, text) TO ws_lead, ws_admin;
GRANT EXECUTE ON FUNCTION app.change_person(text, text, uuid) TO ws_admin;

DO $$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['refused_event', 'recovered_event', 'moved_case', 'leave_cover', 'admin_event'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', name);
        EXECUTE format('CREATE POLICY owner_works ON %I TO ws_owner USING (true) WITH CHECK (true)', name);
        EXECUTE format('GRANT SELECT ON %I TO ws_auditor, ws_admin', name);
        EXECUTE format('CREATE POLICY all_read ON %I FOR SELECT TO ws_auditor, ws_admin '
                       'USING ((SELECT app.person_id()) IS NOT NULL)', name);
    END LOOP;
    -- A lead sees the team's: moves to undo, leaves to end, what was refused, what came after a restore.
    FOREACH name IN ARRAY ARRAY['moved_case', 'recovered_event', 'refused_event', 'leave_cover'] LOOP
        EXECUTE format('GRANT SELECT ON %I TO ws_lead', name);
    END LOOP;
END $$;
CREATE POLICY team_read ON moved_case FOR SELECT TO ws_lead
    USING (from_team = (SELECT p.team_id FROM person p WHERE p.id = (SELECT app.person_id())));
CREATE POLICY team_read ON leave_cover FOR SELECT TO ws_lead
    USING (person_id IN (SELECT p.id FROM person p
                         WHERE p.team_id = (SELECT me.team_id FROM person me WHERE me.id = (SELECT app.person_id()))));
CREATE POLICY team_read ON refused_event FOR SELECT TO ws_lead
    USING (person_id IN (SELECT p.id FROM person p
                         WHERE p.team_id = (SELECT me.team_id FROM person me WHERE me.id = (SELECT app.person_id()))));
CREATE POLICY team_read ON recovered_event FOR SELECT TO ws_lead
    USING (person_id IN (SELECT p.id FROM person p
                         WHERE p.team_id = (SELECT me.team_id FROM person me WHERE me.id = (SELECT app.person_id()))));
