-- Who watches is watched too: whoever asks about others leaves an act of administration with what they asked for. The same
-- question within an hour is one act, so that turning pages and looking again are.

ALTER FUNCTION app.audit(json, timestamptz, uuid, integer) RENAME TO audit_rows;
REVOKE ALL ON FUNCTION app.audit_rows(json, timestamptz, uuid, integer)
    FROM ws_collector, ws_field, ws_lead, ws_auditor, ws_admin;

CREATE FUNCTION app.audit(asked json, before_at timestamptz, before_id uuid, most integer)
RETURNS TABLE (source text, id uuid, place timestamptz, at timestamptz, received_at timestamptz, kind text,
               author uuid, author_name text, author_role text, device uuid, device_name text, case_id uuid,
               number text, channel text, outcome text, body text, prev_hash text, hash text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, app, pg_temp AS $$
#variable_conflict use_column
DECLARE
    me uuid := app.person_id();
BEGIN
    IF length(audit.asked::text) > 4000 THEN
        RAISE EXCEPTION 'a question has at most 4000 characters' USING ERRCODE = 'WS011';
    END IF;
    RETURN QUERY SELECT * FROM app.audit_rows(audit.asked, audit.before_at, audit.before_id, audit.most);
    -- At the end, so that the chain of acts is locked no longer than for a line of its own.
    IF app.person_role() IN ('lead', 'auditor', 'admin') AND audit.asked ->> 'person' IS DISTINCT FROM me::text
       AND NOT EXISTS (SELECT FROM admin_event e
                       WHERE e.at > clock_timestamp() - interval '1 hour' AND e.actor = me AND e.what = 'audit_read'
                         AND e.body ->> 'asked' = audit.asked::text) THEN
        PERFORM app.log_admin('audit_read',
            coalesce(nullif(audit.asked ->> 'number', ''), audit.asked ->> 'case',
                     (SELECT p.login FROM person p WHERE p.id::text = audit.asked ->> 'person'), ''),
            json_build_object('asked', audit.asked));
    END IF;
END $$;
REVOKE ALL ON FUNCTION app.audit(json, timestamptz, uuid, integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION app.audit(json, timestamptz, uuid, integer)
    TO ws_collector, ws_field, ws_lead, ws_auditor, ws_admin;
