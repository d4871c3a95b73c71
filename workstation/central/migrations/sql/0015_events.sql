-- What only the centre writes: a seat that sends such a record is refused. The function is changed where it stands, so
-- that whatever else has been made of it stays.

CREATE FUNCTION app.reserved(kind text, body text) RETURNS boolean
LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN reserved.kind IN ('reassigned', 'message_result', 'approval_decided')
        OR reserved.kind = 'plan_decided'
           AND reserved.body::json ->> 'decision' IN ('endorsed', 'approved', 'rejected', 're_aged', 'terminated');
END $$;
REVOKE ALL ON FUNCTION app.reserved(text, text) FROM PUBLIC;

DO $do$
DECLARE
    made text := pg_get_functiondef('app.push_events(json)'::regprocedure);
    changed text := regexp_replace(made,
        $a$\(m\.kind IN \('reassigned', 'message_result'\)\s+OR m\.kind = 'plan_decided' AND m\.body::json ->> 'decision'\s+IN \('approved', 'rejected', 're_aged', 'terminated'\)\)$a$,
        'app.reserved(m.kind, m.body)');
    handed text := replace(changed, $a$m.kind = 'message_result')$a$,
        $b$m.kind = 'message_result'
                               -- with a lead's authority that was lent
                               OR m.kind IN ('approval_decided', 'plan_decided')
                                  AND (SELECT true FROM delegation l WHERE l.to_person = m.author LIMIT 1))$b$);
BEGIN
    IF changed = made OR handed = changed THEN
        RAISE EXCEPTION 'app.push_events is not as expected';
    END IF;
    EXECUTE handed;
END $do$;
