"""Administration of the central database: making it, its schema, its people, devices and first assignments.

Every function takes a connection string, opened and committed here, or an open connection, whose transaction it joins.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql
from psycopg.conninfo import make_conninfo

from workstation.central import house_rules
from workstation.central.refusals import refusal
from workstation.central.verifiers import verifier
from workstation.domain import password_policy
from workstation.domain.errors import InputError
from workstation.domain.message import msg
from workstation.domain.vocabulary import ROLES

Where = str | psycopg.Connection[Any]

OWNER = "ws_owner"
GROUPS = (*(f"ws_{role}" for role in ROLES), "ws_gateway")
# A seat never hangs on another's lock, and an abandoned transaction never holds the pull horizon back for long.
TIMEOUTS = {"lock_timeout": "5s", "statement_timeout": "60s", "idle_in_transaction_session_timeout": "60s"}

# What only a superuser can close: a member of a group could take the group out of every policy, and anybody could fill
# the disk with large objects outside all policies.
_HARDENING = (
    """
    CREATE OR REPLACE FUNCTION app.refuse_drop_owned() RETURNS event_trigger
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
    BEGIN
        IF NOT pg_has_role(session_user, 'ws_owner', 'USAGE') THEN
            RAISE EXCEPTION 'only the owner of the database may do this' USING ERRCODE = '42501';
        END IF;
    END $$
    """,
    "REVOKE ALL ON FUNCTION app.refuse_drop_owned() FROM PUBLIC",
    "ALTER FUNCTION app.refuse_drop_owned() OWNER TO ws_owner",
    "DROP EVENT TRIGGER IF EXISTS refuse_drop_owned",
    """
    CREATE EVENT TRIGGER refuse_drop_owned ON ddl_command_start WHEN TAG IN ('DROP OWNED')
    EXECUTE FUNCTION app.refuse_drop_owned()
    """,
    # A leakproof comparison runs before the policies: a plan then tells whether its value is anywhere at the centre.
    # Names and numbers are text, birthdays dates; the ids and transactions that a pull is made of stay as they are.
    """
    DO $$ DECLARE f regprocedure; BEGIN
        FOR f IN SELECT p.oid FROM pg_proc p
                 WHERE p.pronamespace = 'pg_catalog'::regnamespace AND p.proleakproof
                   AND p.proargtypes::oid[] && ARRAY['text', 'bpchar', 'date']::regtype[]::oid[] LOOP
            EXECUTE format('ALTER FUNCTION %s NOT LEAKPROOF', f);
        END LOOP;
    END $$
    """,
    "REVOKE EXECUTE ON FUNCTION lo_create(oid), lo_creat(integer), lo_from_bytea(oid, bytea) FROM PUBLIC",
)


def init(superuser_dsn: str, database: str) -> None:
    """Roles, database, settings and schema. Idempotent: run again, it only brings the schema up to date."""
    with psycopg.connect(superuser_dsn, autocommit=True) as conn:
        make_roles(conn)
        name = sql.Identifier(database)
        if conn.execute("SELECT FROM pg_database WHERE datname = %s", [database]).fetchone() is None:
            conn.execute(
                sql.SQL("CREATE DATABASE {} OWNER {} TEMPLATE template0 ENCODING 'UTF8'").format(
                    name, sql.Identifier(OWNER)
                )
            )
        prepare_database(conn, database)
    migrate(make_conninfo(superuser_dsn, dbname=database))


def prepare_database(conn: psycopg.Connection[Any], database: str) -> None:
    """What belongs to a database but not to its schema, and is not copied from a template: access and timeouts."""
    name = sql.Identifier(database)
    groups = sql.SQL(", ").join(map(sql.Identifier, GROUPS))
    conn.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(name))
    conn.execute(sql.SQL("GRANT CONNECT ON DATABASE {} TO {}").format(name, groups))
    conn.execute(sql.SQL("GRANT TEMPORARY ON DATABASE {} TO ws_admin").format(name))
    for setting, value in {**TIMEOUTS, "timezone": "UTC", "jit": "off"}.items():
        conn.execute(sql.SQL("ALTER DATABASE {} SET {} = {}").format(name, sql.Identifier(setting), sql.Literal(value)))


def drop(superuser_dsn: str, database: str) -> None:
    """Deletes the database with all its cases, and ends the sessions in it. Login roles stay."""
    with psycopg.connect(superuser_dsn, autocommit=True) as conn:
        conn.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(database)))


def migrate(dsn: str, to: str = "head") -> str:
    """Brings the schema to the newest version, or up to `to`, in one transaction as `ws_owner`; returns the version."""
    import sqlalchemy as sa
    from alembic import command
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    head = ScriptDirectory.from_config(config).get_current_head() if to == "head" else to
    if head is None:
        raise RuntimeError("the migrations are not among the installed files")
    engine = sa.create_engine(
        "postgresql+psycopg://", creator=lambda: psycopg.connect(dsn), poolclass=sa.NullPool, hide_parameters=True
    )
    with engine.begin() as connection:
        connection.execute(sa.text("SET LOCAL statement_timeout = 0"))
        question = sa.text("SELECT rolsuper FROM pg_roles WHERE rolname = session_user")
        owner = connection.execute(question).scalar_one()
        connection.execute(sa.text("SET LOCAL ROLE ws_owner"))
        connection.execute(sa.text("CREATE SCHEMA IF NOT EXISTS app"))
        # Two administrators at once: the second waits and finds nothing to do. A table, not an advisory lock, which
        # anybody could take and keep.
        connection.execute(sa.text("CREATE TABLE IF NOT EXISTS app.migrating ()"))
        connection.execute(sa.text("LOCK TABLE app.migrating IN ACCESS EXCLUSIVE MODE"))
        config.attributes["connection"] = connection
        command.upgrade(config, head)
        connection.execute(
            sa.text("UPDATE central_meta SET schema_version = :head WHERE schema_version < :head"), {"head": head}
        )
        if head >= house_rules.SINCE:
            house_rules.put(connection)
        if owner:
            connection.execute(sa.text("RESET ROLE"))
            for statement in _HARDENING:
                connection.execute(sa.text(statement))
    return head


def add_team(where: Where, name: str) -> str:
    """A new team; returns its id."""
    return _text(where, "SELECT app.add_team(%s)::text", [name])


def add_person(
    where: Where, login: str, name: str, role: str, team: str | None, password: str, *, temporary: bool = False
) -> str:
    """A person with a login role of their own; `team` is an id or a name. Returns the person's id.

    The password leaves this process only as a SCRAM verifier, so that it is in no statement and no server log. It is
    to be changed at the first sign-in when `temporary`; always when an administrator other than the server's owner
    makes it. Raises `InputError` and `CentralRefusedError` (WS020: the login is taken; WS030: a lead, auditor or
    administrator is proposed, see `four_eyes`).
    """
    check_role(role)
    with session(where) as conn:
        check_password(conn, password, login, name)
        made = conn.execute(
            "SELECT app.add_person(%s, %s, %s, %s, %s)::text",
            [login, name, role, None if team is None else team_id_of(conn, team), verifier(password)],
        ).fetchone()
        if temporary:
            conn.execute("SELECT app.force_rotation(%s)", [login])
    return str(made[0]) if made else ""


def find_person(where: Where, login: str) -> str | None:
    """The id of the person with this login in this database."""
    with session(where) as conn:
        found = conn.execute("SELECT id::text FROM person WHERE login = %s", [login]).fetchone()
    return None if found is None else str(found[0])


def set_password(where: Where, login: str, password: str, *, temporary: bool = False) -> None:
    """A new password for an active person, to be changed at the next sign-in as in `add_person`. Ends the sessions.

    Raises `CentralRefusedError` (WS030) for a lead, an auditor or another administrator: that is proposed.
    """
    with session(where) as conn:
        check_password(conn, password, login)
        conn.execute("SELECT app.set_password(%s, %s)", [login, verifier_for(conn, login, password)])
        if temporary:
            conn.execute("SELECT app.force_rotation(%s)", [login])


def force_rotation(where: Where, login: str | None) -> int:
    """One person, or everybody (None), has to change the password first; returns how many. Ends their sessions."""
    with session(where) as conn:
        row = conn.execute("SELECT app.force_rotation(%s)", [login]).fetchone()
    return int(row[0]) if row else 0


def change_person(where: Where, login: str, *, role: str | None = None, team: str | None = None) -> None:
    """Another role or team; what is not given stays. `team` is an id or a name, "" for none. Ends the sessions.

    Raises `CentralRefusedError` (WS027) while the person holds cases that would not go with them, and (WS030) when
    the new place is a lead's, an auditor's or an administrator's: that is proposed, see `four_eyes`.
    """
    with session(where) as conn:
        found = conn.execute("SELECT role, team_id::text FROM person WHERE login = %s AND active", [login]).fetchone()
        if found is None:
            raise InputError(msg("There is no active person with the login “{login}”.", login=login), field="login")
        team_id = found[1] if team is None else team_id_of(conn, team) if team else None
        conn.execute("SELECT app.change_person(%s, %s, %s)", [login, role or found[0], team_id])


def revoke_person(where: Where, login: str) -> None:
    """Ends the person's right to sign in, and their sessions at once."""
    with session(where) as conn:
        conn.execute("SELECT app.revoke_person(%s)", [login])


def revoke_device(where: Where, device_id: str, *, erase: bool = False) -> None:
    """A lost or returned device: what it recorded before now still counts, nothing after.

    `erase`: what it holds is erased when it next asks; also later, of a device that was revoked already.
    """
    with session(where) as conn:
        conn.execute("SELECT app.revoke_device(%s, %s)", [device_id, erase])


def approve_device(where: Where, device_id: str) -> None:
    """Let in a device that waits, where the policy wants new ones let in."""
    with session(where) as conn:
        conn.execute("SELECT app.approve_device(%s)", [device_id])


def set_seat_terms(where: Where, *, lease_seconds: int | None = None, idle_seconds: int | None = None) -> None:
    """How long a seat may work without contact, and after how long alone it locks; None leaves it as it is."""
    with session(where) as conn:
        conn.execute("SELECT app.set_seat_terms(%s, %s)", [lease_seconds, idle_seconds])


def add_gateway(where: Where, login: str, password: str) -> None:
    """A login that sends messages and can do nothing else; for one that is there, a new password.

    Raises `InputError` and `CentralRefusedError` (WS020: the login is somebody else's).
    """
    password_policy.check(password, login=login)
    with session(where) as conn:
        conn.execute("SELECT app.add_gateway(%s, %s)", [login, verifier(password)])


def revoke_gateway(where: Where, login: str) -> None:
    """Ends a gateway's right to send, and its sessions at once."""
    with session(where) as conn:
        conn.execute("SELECT app.revoke_gateway(%s)", [login])


def assign(where: Where, case_ids: Collection[str], person_id: str) -> int:
    """Gives cases nobody holds yet to a person and their team; returns how many. Held cases stay with their holder."""
    with session(where) as conn:
        moved = conn.execute("SELECT app.assign(%s::uuid[], %s)", [list(case_ids), person_id]).fetchone()
    return int(moved[0]) if moved else 0


def make_roles(conn: psycopg.Connection[Any]) -> None:
    """Groups without login. `ws_owner` may make login roles and put them into our groups, and nothing beyond."""
    existing = {row[0] for row in conn.execute("SELECT rolname FROM pg_roles WHERE rolname LIKE 'ws\\_%'")}
    if OWNER not in existing:
        conn.execute("CREATE ROLE ws_owner NOLOGIN CREATEROLE")
    conn.execute("GRANT pg_signal_backend TO ws_owner")  # to end the sessions of a revoked person
    for group in GROUPS:
        name = sql.Identifier(group)
        if group not in existing:
            conn.execute(sql.SQL("CREATE ROLE {} NOLOGIN").format(name))
        if conn.info.server_version >= 160000:  # before, CREATEROLE alone is enough
            grant = "GRANT {} TO ws_owner WITH ADMIN TRUE, INHERIT FALSE, SET FALSE"
            conn.execute(sql.SQL(grant).format(name))


@contextmanager
def session(where: Where) -> Iterator[psycopg.Connection[Any]]:
    """One transaction on a new connection, or a savepoint on the caller's; refusals come out as typed errors."""
    try:
        if isinstance(where, str):
            with psycopg.connect(where) as conn:
                yield conn
        else:
            with where.transaction():
                yield where
    except psycopg.Error as error:
        refused = refusal(error)
        if refused is None:
            raise
        raise refused from error


def _text(where: Where, query: str, parameters: list[Any]) -> str:
    with session(where) as conn:
        row = conn.execute(query.encode(), parameters).fetchone()
    return str(row[0]) if row else ""


def team_id_of(conn: psycopg.Connection[Any], team: str) -> str:
    found = conn.execute("SELECT id::text FROM team WHERE id::text = %s OR name = %s", [team, team]).fetchall()
    if len(found) != 1:
        raise InputError(
            msg("There is no team {team}.", team=team)
            if not found
            else msg("There are {n} teams named {team}; give the id of one.", n=len(found), team=team),
            field="team",
        )
    return str(found[0][0])


def check_role(role: str) -> None:
    if role not in ROLES:
        raise InputError(msg("The role {role} is not one of {roles}.", role=role, roles=", ".join(ROLES)), field="role")


def check_password(conn: psycopg.Connection[Any], password: str, login: str, name: str = "") -> None:
    """Raises `InputError` when the house's policy does not take it."""
    shortest = password_policy.SHORTEST
    if _keeps_passwords(conn):
        query = "SELECT shortest FROM app.my_password() UNION ALL SELECT shortest FROM house_policy"
        row = conn.execute(query).fetchone()
        shortest = row[0] if row else shortest
    password_policy.check(password, login=login, name=name, shortest=shortest)


def verifier_for(conn: psycopg.Connection[Any], login: str, password: str) -> str:
    """With the salt the centre keeps for this person, which makes the same password the same verifier."""
    row = conn.execute("SELECT app.salt_of(%s)", [login]).fetchone() if _keeps_passwords(conn) else None
    return verifier(password, row[0] if row else None)


def _keeps_passwords(conn: psycopg.Connection[Any]) -> bool:
    """Not before 0006."""
    return conn.execute("SELECT to_regclass('public.house_policy')").fetchone() != (None,)
