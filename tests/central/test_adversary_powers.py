"""Every role tries what only the owner of the server may: powers, objects, files, other sessions. All of it fails."""

from __future__ import annotations

from contextlib import ExitStack

import psycopg
import pytest

from tests.central.adversary import LOGINS, everything, two_teams

# Denied, or not even there: an extension, a function or a library that this server has not got.
_DENIED = {"42501"}
_ABSENT = {"42501", "0A000", "42883", "42704", "58P01", "42P01"}

TAKING_A_ROLE = [
    "SET ROLE ws_owner",
    "SET ROLE ws_%other%",
    "SET ROLE postgres",
    "SET ROLE 'sun.hao'",
    "SET SESSION AUTHORIZATION 'sun.hao'",
    "SET SESSION AUTHORIZATION postgres",
    "SELECT set_config('role', 'ws_owner', false)",
    "SELECT set_config('role', 'ws_%other%', true)",
    "SELECT set_config('session_authorization', 'postgres', false)",
    "SET session_replication_role = replica",
    "SET session_preload_libraries = 'x'",
    "SET dynamic_library_path = '/tmp'",
    "SET temp_file_limit = -1",
    "SET log_statement = 'none'",
    "GRANT ws_owner TO CURRENT_USER",
    "GRANT ws_%other% TO CURRENT_USER",
    "GRANT pg_read_all_data TO CURRENT_USER",
    "GRANT pg_read_all_stats TO CURRENT_USER",
    "ALTER ROLE CURRENT_USER SUPERUSER",
    "ALTER ROLE CURRENT_USER BYPASSRLS",
    "ALTER ROLE CURRENT_USER CREATEROLE",
    "ALTER ROLE CURRENT_USER REPLICATION",
    "ALTER ROLE CURRENT_USER CONNECTION LIMIT -1",
    "ALTER ROLE CURRENT_USER VALID UNTIL 'infinity'",
    "ALTER ROLE \"sun.hao\" PASSWORD 'mine now'",
    'ALTER ROLE "sun.hao" RENAME TO mine',
    'ALTER ROLE "sun.hao" SET search_path = pg_temp',
    "ALTER ROLE ws_owner LOGIN",
    "ALTER ROLE ALL SET row_security = off",
    "CREATE ROLE mine LOGIN",
    'DROP ROLE "sun.hao"',
    "REASSIGN OWNED BY ws_owner TO CURRENT_USER",
    "DROP OWNED BY ws_owner",
    "DROP OWNED BY ws_%other%",
]

MAKING_OBJECTS = [
    "CREATE TABLE mine ()",
    "CREATE TABLE app.mine ()",
    "CREATE SCHEMA mine",
    "CREATE VIEW mine AS SELECT 1",
    "CREATE MATERIALIZED VIEW mine AS SELECT * FROM cases",
    "CREATE SEQUENCE mine",
    "CREATE TYPE mine AS ENUM ()",
    "CREATE DOMAIN mine AS text",
    "CREATE FUNCTION public.mine() RETURNS int LANGUAGE sql AS 'SELECT 1'",
    "CREATE FUNCTION app.person_id(int) RETURNS int LANGUAGE sql AS 'SELECT 1'",
    "CREATE OR REPLACE FUNCTION app.person_id() RETURNS uuid LANGUAGE sql AS 'SELECT NULL::uuid'",
    "CREATE OPERATOR public.= (LEFTARG = text, RIGHTARG = text, FUNCTION = texteq)",
    "CREATE INDEX ON cases (number)",
    "CREATE STATISTICS mine ON number, version FROM cases",
    "CREATE RULE mine AS ON SELECT TO cases DO INSTEAD SELECT 1",
    "CREATE TRIGGER mine BEFORE INSERT ON case_event EXECUTE FUNCTION app.refuse_change()",
    "CREATE POLICY mine ON cases USING (true)",
    "CREATE PUBLICATION mine FOR TABLE cases",
    "CREATE SUBSCRIPTION mine CONNECTION '' PUBLICATION p",
    "CREATE EVENT TRIGGER mine ON ddl_command_end EXECUTE FUNCTION app.refuse_change()",
    "CREATE DATABASE mine",
    "CREATE TABLESPACE mine LOCATION '/tmp'",
    "ALTER TABLE cases DISABLE ROW LEVEL SECURITY",
    "ALTER TABLE cases NO FORCE ROW LEVEL SECURITY",
    "ALTER TABLE cases OWNER TO CURRENT_USER",
    "ALTER TABLE case_event DISABLE TRIGGER append_only",
    "ALTER POLICY owner_works ON cases USING (false)",
    "ALTER FUNCTION app.push_events(json) SECURITY INVOKER",
    "ALTER DEFAULT PRIVILEGES FOR ROLE ws_owner GRANT SELECT ON TABLES TO PUBLIC",
    "DROP TABLE case_event",
    "DROP POLICY assigned_read ON cases",
    "DROP TRIGGER append_only ON case_event",
    "TRUNCATE case_event",
    "COMMENT ON TABLE cases IS 'mine'",
    "REINDEX TABLE cases",
    "CLUSTER cases USING cases_pkey",
    "LOCK TABLE cases IN SHARE MODE",
]

TEMPORARY_OBJECTS = [  # could stand before what a definer's function means
    "CREATE TEMPORARY TABLE person (id uuid, login text, role text, team_id uuid, active boolean)",
    "CREATE TEMPORARY VIEW person AS SELECT 1",
    "CREATE TEMPORARY SEQUENCE mine",
    "CREATE FUNCTION pg_temp.now() RETURNS timestamptz LANGUAGE sql AS 'SELECT NULL::timestamptz'",
    "SELECT 1 AS id INTO TEMPORARY cases",
]

FILES_AND_PROGRAMS = [
    "COPY (SELECT 1) TO PROGRAM 'cat'",
    "COPY (SELECT 1) TO '/tmp/mine'",
    "COPY team (id) FROM PROGRAM 'id'",
    "COPY team (id) FROM '/etc/passwd'",
    "SELECT pg_read_file('/etc/passwd')",
    "SELECT pg_read_binary_file('PG_VERSION')",
    "SELECT pg_stat_file('PG_VERSION')",
    "SELECT pg_ls_dir('.')",
    "SELECT pg_ls_logdir()",
    "SELECT pg_ls_waldir()",
    "SELECT lo_import('/etc/passwd')",
    "SELECT lo_export(1, '/tmp/mine')",
    "LOAD '/tmp/mine'",
    "CREATE FUNCTION mine() RETURNS int LANGUAGE c AS '/tmp/mine', 'f'",
    "CREATE EXTENSION dblink",
    "CREATE EXTENSION postgres_fdw",
    "CREATE EXTENSION file_fdw",
    "CREATE EXTENSION adminpack",
    "CREATE EXTENSION plpython3u",
    "CREATE SERVER mine FOREIGN DATA WRAPPER postgres_fdw",
    "SELECT dblink('', 'SELECT 1')",
    "SHOW data_directory",
    "SHOW hba_file",
    "SELECT * FROM pg_hba_file_rules",
    "SELECT * FROM pg_file_settings",
    "ALTER SYSTEM SET row_security = off",
    "SELECT pg_reload_conf()",
    "SELECT pg_rotate_logfile()",
    "SELECT pg_switch_wal()",
    "SELECT pg_backup_start('mine')",
    "SELECT pg_create_physical_replication_slot('mine')",
    "SELECT pg_stat_reset()",
    "CHECKPOINT",
]

CREDENTIALS_AND_SECRETS = [
    "SELECT rolpassword FROM pg_authid",
    "SELECT passwd FROM pg_shadow",
    "TABLE pg_user_mapping",
    "TABLE pg_statistic",
    "TABLE pg_statistic_ext_data",
    "TABLE pg_largeobject",
    "TABLE pg_subscription",
    "SELECT last_value FROM case_scope_id_seq",
    "SELECT nextval('case_scope_id_seq')",
    "SELECT setval('case_scope_id_seq', 1)",
]

OTHER_SESSIONS = [
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'sun.hao'",
    "SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE usename = 'sun.hao'",
    "SELECT pg_log_backend_memory_contexts(pid) FROM pg_stat_activity WHERE usename = 'sun.hao'",
]

# PostgreSQL itself lets them pass, with a warning or with an effect on nobody else: nothing may have changed.
WITHOUT_EFFECT = [
    "GRANT SELECT ON cases TO PUBLIC",
    "GRANT EXECUTE ON FUNCTION app.push_events(json) TO PUBLIC",
    "REVOKE SELECT ON cases FROM ws_collector",
    "REVOKE ALL ON SCHEMA app FROM ws_lead",
    "VACUUM cases",
    "ANALYZE cases",
    "ALTER ROLE CURRENT_USER SET search_path = pg_temp, public",
    "ALTER ROLE CURRENT_USER SET row_security = off",
    "ALTER ROLE CURRENT_USER SET role = 'ws_owner'",
    "ALTER ROLE CURRENT_USER SET standard_conforming_strings = off",
    "ALTER ROLE CURRENT_USER RESET ALL",
    "LISTEN anything",
    "NOTIFY anything, 'x'",
    "REASSIGN OWNED BY CURRENT_USER TO CURRENT_USER",
    "DROP OWNED BY CURRENT_USER",
]


@pytest.fixture(scope="module")
def central(central_of_module):
    two_teams(central_of_module)
    with central_of_module.connect("sun.hao", autocommit=True) as conn:  # somebody else to be interrupted and read
        conn.execute("SELECT 'a statement of another person'")
        yield central_of_module
        assert conn.execute("SELECT 1").fetchone() == (1,)


@pytest.fixture(scope="module")
def sessions(central):
    with ExitStack() as stack:
        yield {login: stack.enter_context(central.connect(login, autocommit=True)) for login in LOGINS}


@pytest.fixture(scope="module")
def before(central, sessions):
    """Everything at the centre, before any attempt."""
    return everything(central)


def attempt(conn: psycopg.Connection, statement: str) -> str | None:
    """The SQLSTATE it failed with; None when it passed."""
    other = "admin" if conn.info.user != "admin" else "lead"
    try:
        conn.execute(statement.replace("%other%", other))
    except psycopg.Error as error:
        return error.sqlstate
    return None


@pytest.mark.parametrize("statement", TAKING_A_ROLE)
def test_nobody_takes_another_role(central, sessions, before, statement):
    for login, conn in sessions.items():
        assert attempt(conn, statement) in _DENIED, login
        assert conn.execute("SELECT session_user::text, current_user::text").fetchone() == (login, login)
    assert everything(central) == before


@pytest.mark.parametrize("statement", MAKING_OBJECTS)
def test_nobody_makes_or_changes_objects(central, sessions, before, statement):
    for login, conn in sessions.items():
        with conn.transaction(force_rollback=True) if statement.startswith("LOCK") else ExitStack():
            assert attempt(conn, statement) in _DENIED, login
    assert everything(central) == before


@pytest.mark.parametrize("statement", TEMPORARY_OBJECTS)
def test_only_an_administrator_makes_temporary_objects(sessions, statement):
    for login, conn in sessions.items():
        if login != "admin":  # whose loads need them; what they could shadow is tried in test_adversary_shadows
            assert attempt(conn, statement) in _DENIED, login


@pytest.mark.parametrize("statement", FILES_AND_PROGRAMS)
def test_nobody_reaches_files_programs_or_other_servers(sessions, statement):
    absent = _ABSENT if "EXTENSION" in statement or "dblink" in statement or "SERVER" in statement else _DENIED
    for login, conn in sessions.items():
        assert attempt(conn, statement) in (_ABSENT if "c AS" in statement or "COPY team" in statement else absent), (
            login
        )


@pytest.mark.parametrize("statement", CREDENTIALS_AND_SECRETS)
def test_nobody_reads_credentials_or_the_servers_inside(central, sessions, before, statement):
    for login, conn in sessions.items():
        assert attempt(conn, statement) in _DENIED, login
    assert everything(central) == before


@pytest.mark.parametrize("statement", OTHER_SESSIONS)
def test_nobody_touches_the_session_of_another(sessions, statement):
    for login, conn in sessions.items():
        assert attempt(conn, statement) in _DENIED, login


def test_what_others_ask_is_not_shown(sessions):
    for login, conn in sessions.items():
        shown = conn.execute("SELECT query FROM pg_stat_activity WHERE usename = 'sun.hao'").fetchall()
        assert shown
        assert {row[0] for row in shown} == {"<insufficient privilege>"}, login


@pytest.mark.parametrize("statement", WITHOUT_EFFECT)
def test_what_passes_has_no_effect(central, sessions, before, statement):
    for conn in sessions.values():
        attempt(conn, statement)
    for login in LOGINS:
        with central.connect(login, autocommit=True) as fresh:
            fresh.execute(f'ALTER ROLE "{login}" RESET ALL')
    assert everything(central) == before


@pytest.mark.parametrize("login", ["li.na", "zhao.min", "chen.jie", "audit", "admin"])
def test_nobody_takes_the_rights_of_their_whole_group_away(central_server, login):
    database = central_server.new_database()
    before = everything(database)
    with database.connect(login, autocommit=True) as conn:
        group = conn.execute("SELECT 'ws_' || app.person_role()").fetchone()[0]
        attempt(conn, f"DROP OWNED BY {group}")
        attempt(conn, f"SET ROLE {group}")
        attempt(conn, f"DROP OWNED BY {group}")
    assert everything(database) == before
    central_server.drop(database)


@pytest.mark.parametrize("call", ["lo_create(0)", "lo_creat(-1)", "lo_from_bytea(0, 'x')"])
def test_nobody_makes_large_objects(sessions, call):
    for conn in sessions.values():
        with conn.transaction(force_rollback=True), pytest.raises(psycopg.errors.InsufficientPrivilege):
            conn.execute(f"SELECT {call}")


def test_ones_own_settings_at_sign_in_open_nothing(central, before):
    """PostgreSQL lets everybody set defaults for their own sessions: they weigh no more than a SET."""
    with central.connect("li.na", autocommit=True) as conn:
        cases = conn.execute("SELECT count(*) FROM cases").fetchone()
        for setting in ("search_path = pg_temp", "role = 'ws_admin'", "standard_conforming_strings = off"):
            conn.execute(f"ALTER ROLE CURRENT_USER SET {setting}")
    with central.connect("li.na", autocommit=True) as conn:
        assert conn.execute("SELECT session_user::text, current_user::text").fetchone() == ("li.na", "li.na")
        assert conn.execute("SELECT count(*) FROM public.cases").fetchone() == cases
        assert attempt(conn, "SELECT app.add_team('x')") == "42501"
        conn.execute("ALTER ROLE CURRENT_USER RESET ALL")
    assert everything(central) == before
