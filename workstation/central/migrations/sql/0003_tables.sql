-- Gateways and what they send. The group is the server's, as those of people are; who is in it counts per database.

DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'ws_gateway') THEN
        CREATE ROLE ws_gateway NOLOGIN;
    END IF;
    EXECUTE format('GRANT CONNECT ON DATABASE %I TO ws_gateway', current_database());
END $$;

-- Logins that send for this book. A gateway is not a person: it holds no case, writes no event and reads no table.
CREATE TABLE gateway (
    login text PRIMARY KEY,
    active boolean NOT NULL,
    added_at timestamptz NOT NULL DEFAULT clock_timestamp()
);

-- One row for each message that was queued. It is `claimed` and committed before anything is handed to a provider: whoever
-- dies after that leaves a claimed message, which nobody sends again.
CREATE TABLE message_delivery (
    message_id uuid PRIMARY KEY,  -- of its event
    state text NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'claimed', 'sent', 'delivered', 'failed')),
    not_before timestamptz NOT NULL DEFAULT clock_timestamp(),
    attempts integer NOT NULL DEFAULT 0,
    claimed_at timestamptz,
    claimed_by text,
    reference text NOT NULL DEFAULT '',  -- the provider's
    reason text NOT NULL DEFAULT '',     -- of a failure, a word without personal data
    changed_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX ix_message_delivery_open ON message_delivery (not_before) WHERE state IN ('waiting', 'claimed');
CREATE INDEX ix_message_delivery_sent ON message_delivery (changed_at) WHERE state = 'sent';

-- What older seats queued while nothing could be sent yet.
INSERT INTO message_delivery (message_id)
SELECT e.id FROM case_event e WHERE e.kind = 'message' AND e.channel IN ('sms', 'email');

-- A login is a person's or a gateway's: as both it would have the rights of both.
CREATE FUNCTION app.refuse_gateway() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, app, pg_temp AS $$
BEGIN
    IF EXISTS (SELECT FROM gateway g WHERE g.login = NEW.login) THEN
        RAISE EXCEPTION 'this login is taken' USING ERRCODE = 'WS020';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER no_gateway BEFORE INSERT OR UPDATE OF login ON person
    FOR EACH ROW EXECUTE FUNCTION app.refuse_gateway();
