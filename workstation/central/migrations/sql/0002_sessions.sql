-- The greeting says what is served and whether the centre was restored; it leaves nothing in the session, so that a
-- pool may hand the connection to somebody else after each transaction.

DROP FUNCTION app.hello(uuid, text, text);
CREATE FUNCTION app.hello(device uuid, device_name text, client_schema text)
RETURNS TABLE (epoch uuid, server_time timestamptz, person_id uuid, login text, name text, role text,
               team_id uuid, team_name text, schema_version text, serves_from text, restored_at timestamptz,
               recover_until timestamptz)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, app, pg_temp AS $$
#variable_conflict use_column
DECLARE
    me person;
    seat device;
BEGIN
    SELECT * INTO me FROM person p WHERE p.login = session_user AND p.active;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'this person is not active here' USING ERRCODE = 'WS003';
    END IF;
    IF hello.device IS NULL OR coalesce(hello.device_name, '') = '' OR length(hello.device_name) > 200 THEN
        RAISE EXCEPTION 'a device needs an id and a name of at most 200 characters' USING ERRCODE = 'WS011';
    END IF;
    INSERT INTO device AS d (id, person_id, name) VALUES (hello.device, me.id, hello.device_name)
    ON CONFLICT (id) DO NOTHING;
    SELECT * INTO seat FROM device d WHERE d.id = hello.device;
    IF seat.person_id IS DISTINCT FROM me.id THEN
        RAISE EXCEPTION 'this device belongs to someone else' USING ERRCODE = 'WS002';
    END IF;
    IF seat.revoked_at IS NOT NULL THEN
        -- With the epoch: what a restore made the centre forget, it still hands in.
        RAISE EXCEPTION 'this device was revoked' USING ERRCODE = 'WS001',
            DETAIL = (SELECT m.epoch::text FROM central_meta m);
    END IF;
    UPDATE device d SET last_seen_at = clock_timestamp(), name = hello.device_name WHERE d.id = hello.device;
    -- Nothing here is worth a wait for the disk or the standby; what is, comes after it in the log and carries it along.
    PERFORM set_config('synchronous_commit', 'off', true);
    RETURN QUERY
        SELECT m.epoch, clock_timestamp(), me.id, me.login, me.name, me.role, me.team_id, t.name, m.schema_version,
               m.serves_from, m.restored_at, m.recover_until
        FROM central_meta m LEFT JOIN team t ON t.id = me.team_id;
END $$;

-- What a seat says of itself before it pulls: how much work waits, so that a lead sees it, and the horizon it has applied.
-- It knows of every move before that, and none of those cases is left in its store. Returned is the transaction of this
-- very report: once committed it is on the disk and the standby with everything before it, and its number is never given
-- out again, as a crash or a failover does with numbers that only aborted transactions had. A pull goes no further.
CREATE FUNCTION app.report_seat(device uuid, waiting integer, applied xid8) RETURNS xid8
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public, app, pg_temp AS $$
    UPDATE device d SET waiting_events = greatest(report_seat.waiting, 0), last_seen_at = clock_timestamp(),
        informed = CASE WHEN report_seat.applied <= pg_current_xact_id() AND report_seat.applied > coalesce(d.informed, '0')
                        THEN report_seat.applied ELSE d.informed END,
        told_at = CASE WHEN report_seat.applied > '0' AND d.told_epoch IS DISTINCT FROM m.epoch
                       THEN clock_timestamp() ELSE d.told_at END,
        told_epoch = CASE WHEN report_seat.applied > '0' THEN m.epoch ELSE d.told_epoch END
    FROM central_meta m
    WHERE d.id = report_seat.device AND d.person_id = app.person_id();
    SELECT pg_current_xact_id()
$$;
