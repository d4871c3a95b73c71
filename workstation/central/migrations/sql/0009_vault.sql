-- What a seat's vault asks of the centre: its terms, and a share of its key.

ALTER TABLE house_policy
    ADD COLUMN lease_seconds integer NOT NULL DEFAULT 604800 CHECK (lease_seconds BETWEEN 3600 AND 2592000),
    ADD COLUMN idle_seconds integer NOT NULL DEFAULT 300 CHECK (idle_seconds BETWEEN 30 AND 3600);

-- Worth nothing without the secret in that device's keyring. Nobody reads it but through the function.
CREATE TABLE device_share (
    device_id uuid PRIMARY KEY REFERENCES device,
    share bytea NOT NULL CHECK (octet_length(share) = 32),
    given_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
ALTER TABLE device_share ENABLE ROW LEVEL SECURITY;
ALTER TABLE device_share FORCE ROW LEVEL SECURITY;
CREATE POLICY owner_works ON device_share TO ws_owner USING (true) WITH CHECK (true);

-- The device of somebody who is signed in, still theirs and not revoked; asked by the functions below.
CREATE FUNCTION app.require_seat(device uuid) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, app, pg_temp AS $$
DECLARE
    seat device;
BEGIN
    SELECT * INTO seat FROM device d WHERE d.id = require_seat.device AND d.person_id = app.person_id();
    IF NOT FOUND THEN
        RAISE EXCEPTION 'this device belongs to someone else' USING ERRCODE = 'WS002';
    END IF;
    IF seat.revoked_at IS NOT NULL THEN
        RAISE EXCEPTION 'this device was revoked' USING ERRCODE = 'WS001',
            DETAIL = (SELECT m.epoch::text FROM central_meta m);
    END IF;
END $$;

-- How long a seat may work without contact, after how long alone it locks, and whether its share is here.
CREATE FUNCTION app.seat_terms(device uuid)
RETURNS TABLE (server_time timestamptz, lease_seconds integer, idle_seconds integer, has_share boolean)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, app, pg_temp AS $$
#variable_conflict use_column
BEGIN
    PERFORM app.require_seat(seat_terms.device);
    RETURN QUERY
        SELECT clock_timestamp(), m.lease_seconds, m.idle_seconds,
               EXISTS (SELECT FROM device_share s WHERE s.device_id = seat_terms.device)
        FROM house_policy m;
END $$;

-- Half of what opens a store whose PIN was forgotten; a new one takes the place of the former.
CREATE FUNCTION app.keep_share(device uuid, share bytea) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, app, pg_temp AS $$
BEGIN
    PERFORM app.require_seat(keep_share.device);
    INSERT INTO device_share AS s (device_id, share) VALUES (keep_share.device, keep_share.share)
    ON CONFLICT (device_id) DO UPDATE SET share = excluded.share, given_at = clock_timestamp();
END $$;

-- Given out to the owner of the device alone, and recorded: somebody opened a seat without its PIN.
CREATE FUNCTION app.device_share(device uuid) RETURNS bytea
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, app, pg_temp AS $$
DECLARE
    found bytea;
BEGIN
    PERFORM app.require_seat(device_share.device);
    SELECT s.share INTO found FROM device_share s WHERE s.device_id = device_share.device;
    PERFORM app.log_admin('share_given', device_share.device::text, json_build_object('found', found IS NOT NULL));
    RETURN found;
END $$;

-- A seat also goes when its device was only revoked: once all it held was handed in. Its share goes with it.
CREATE OR REPLACE FUNCTION app.device_erased(device uuid) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, app, pg_temp AS $$
BEGIN
    UPDATE device d SET erased_at = clock_timestamp() FROM person p
    WHERE d.id = device_erased.device AND d.person_id = p.id AND p.login = session_user
      AND d.revoked_at IS NOT NULL AND d.erased_at IS NULL;
    IF FOUND THEN
        DELETE FROM device_share s WHERE s.device_id = device_erased.device;
        PERFORM app.log_admin('device_erased', device::text, '{}');
    END IF;
END $$;

CREATE FUNCTION app.set_seat_terms(lease_seconds integer, idle_seconds integer) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, app, pg_temp AS $$
BEGIN
    PERFORM app.require_admin();
    UPDATE house_policy m SET lease_seconds = coalesce(set_seat_terms.lease_seconds, m.lease_seconds),
                              idle_seconds = coalesce(set_seat_terms.idle_seconds, m.idle_seconds);
    PERFORM app.log_admin('seat_terms_set', 'all', json_build_object(
        'lease_seconds', set_seat_terms.lease_seconds, 'idle_seconds', set_seat_terms.idle_seconds));
END $$;

REVOKE ALL ON FUNCTION app.require_seat(uuid), app.seat_terms(uuid), app.keep_share(uuid, bytea),
    app.device_share(uuid), app.set_seat_terms(integer, integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION app.seat_terms(uuid), app.keep_share(uuid, bytea), app.device_share(uuid)
    TO ws_collector, ws_field, ws_lead, ws_auditor, ws_admin;
GRANT EXECUTE ON FUNCTION app.set_seat_terms(integer, integer) TO ws_admin;
