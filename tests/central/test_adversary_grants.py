"""Who may execute, read and write what, as literal tables: a new grant or policy is a conscious change here."""

from __future__ import annotations

import pytest

PEOPLE = ("collector", "field", "lead", "auditor", "admin")
GROUPS = (*PEOPLE, "gateway")
ALL = frozenset(PEOPLE)
WORKING = frozenset({"collector", "field", "lead"})
LEADING = frozenset({"lead", "admin"})
DECIDING = frozenset({"collector", "field", "lead", "admin"})  # by a lead's authority of their own, or a lent one
WATCHING = frozenset({"lead", "auditor", "admin"})
ADMIN = frozenset({"admin"})
GATEWAY = frozenset({"gateway"})  # nobody's: no person's group reaches what it may, and it nothing of theirs
NOBODY: frozenset[str] = frozenset()

EXECUTE = {
    "add_gateway(text,text)": ADMIN,
    "add_person(text,text,text,uuid,text)": ADMIN,
    "add_team(text)": ADMIN,
    "admin_hash(text,admin_event)": NOBODY,
    "approve(uuid)": ADMIN,
    "approve_device(uuid)": ADMIN,
    "assign(uuid[],uuid)": ADMIN,
    "audit(json,timestamp with time zone,uuid,integer)": ALL,  # of oneself; a lead of the team, an auditor of all
    "audit_rows(json,timestamp with time zone,uuid,integer)": NOBODY,
    "audit_took(json,integer,text)": WATCHING,
    "begin_recovery(timestamp with time zone,integer)": NOBODY,
    "acknowledge_review(uuid)": WORKING,
    "chain_fault(app.sent_event)": NOBODY,
    "change_my_password(text)": ALL,
    "change_person(text,text,uuid)": ADMIN,
    "change_policy(json)": ADMIN,
    "claim_message(uuid,bigint)": GATEWAY,
    "close_proposal(admin_proposal,text)": NOBODY,
    "coach(uuid,text,json,text[],integer,text)": frozenset({"lead"}),
    "cover_dues(person)": NOBODY,
    "cover_later(uuid,uuid[],uuid[],date[])": LEADING,
    "cover_leave(uuid,uuid,date,text)": LEADING,
    "authority_over(uuid)": NOBODY,
    "decide(uuid,text,text)": DECIDING,
    "decide_breach(uuid,integer,text,text,json,date)": DECIDING,
    "decide_request(uuid,text,text,date,date)": DECIDING,
    "deciding(case_event,text,text)": NOBODY,
    "delegate(uuid,timestamp with time zone,timestamp with time zone,text)": frozenset({"lead"}),
    "end_delegation(uuid)": ALL,
    "lenders()": ALL,
    "needs_two(case_event)": NOBODY,
    "reserved(text,text)": NOBODY,
    "device_erased(uuid)": ALL,
    "do_add_person(text,text,text,uuid,text)": NOBODY,
    "do_change_person(text,text,uuid)": NOBODY,
    "do_change_policy(json)": NOBODY,
    "do_restore_person(text,text)": NOBODY,
    "do_set_password(text,text)": NOBODY,
    "device_share(uuid)": ALL,
    "done_by(text,text)": NOBODY,
    "due_messages(text[],integer)": GATEWAY,
    "end_due_leaves()": WORKING | ADMIN,  # one's own; a lead the team's; what falls due, everybody of the team
    "end_leave(uuid,text)": LEADING,
    "end_sessions(text)": NOBODY,
    "event_hash(app.sent_event)": NOBODY,
    "count_figures(date,integer)": NOBODY,
    "figure_aside(uuid[])": NOBODY,
    "figure_body(json)": NOBODY,
    "figure_cases(text,date,date,uuid[],integer)": ALL,  # of the cases one may see: the function asks app.figure_scope
    "figure_day(text)": NOBODY,
    "figure_days(uuid[],date[])": NOBODY,
    "figure_decision(jsonb)": NOBODY,
    "figure_dues(uuid,date)": NOBODY,
    "figure_events(uuid[],date[])": NOBODY,
    "figure_hours_of_days(uuid[],date[])": NOBODY,
    "figure_is(jsonb,text,boolean)": NOBODY,
    "figure_judge(app.figure_owed[],date[],text[],bigint[],integer,bigint)": NOBODY,
    "figure_money(uuid,date)": NOBODY,
    "figure_names()": NOBODY,
    "figure_parts(text,uuid,jsonb,boolean,date)": NOBODY,
    "figure_period(date,date)": NOBODY,
    "figure_promise(jsonb)": NOBODY,
    "figure_promises(uuid,text,uuid[])": NOBODY,
    "figure_schedule(jsonb,integer)": NOBODY,
    "figure_scope()": NOBODY,
    "figure_shares(date,date,date,uuid[],uuid[])": NOBODY,
    "figure_sound_zone(text)": NOBODY,
    "figure_spans(uuid[])": NOBODY,
    "figure_today()": NOBODY,
    "figure_turn(boolean)": NOBODY,
    "figure_zone()": NOBODY,
    "figures(date,date,uuid[])": ALL,
    "figures_as_known(date,date,uuid[],uuid[],date)": NOBODY,
    "figures_changed()": NOBODY,
    "figures_ready(date,uuid[])": NOBODY,
    "recount_figures()": NOBODY,
    "refresh_figures()": ADMIN,
    "finish_attachment(uuid,text)": ALL,
    "force_rotation(text)": ADMIN,
    "gate_asks(text)": NOBODY,
    "gate_reads(jsonb)": NOBODY,
    "give_back(leave_cover,person,person,text,uuid)": NOBODY,
    "hello(uuid,text,text)": ALL,
    "holder_of_cases(uuid,uuid)": NOBODY,
    "hand_in_report(uuid,text,date,text,json)": WORKING,  # one's own
    "holders()": ALL,
    "is_away(uuid)": NOBODY,
    "holds_case(uuid)": NOBODY,
    "is_owner()": NOBODY,
    "keep_password(uuid,text,boolean,boolean)": NOBODY,
    "keep_device_seen()": NOBODY,
    "keep_leave()": NOBODY,
    "trial_outcomes(timestamp with time zone)": WATCHING,
    "keep_leave_until()": NOBODY,
    "present_cover(person,uuid)": NOBODY,
    "keep_staffing()": NOBODY,
    "leads(text)": NOBODY,
    "letter_of_message(uuid,integer)": GATEWAY,
    "keep_share(uuid,bytea)": ALL,
    "log_admin(text,text,json)": NOBODY,
    "message_delivered(uuid)": GATEWAY,
    "message_failed(uuid,integer,text)": GATEWAY,
    "message_later(uuid,integer,timestamp with time zone)": GATEWAY,
    "message_point(case_event)": NOBODY,
    "message_sent(uuid,integer,text)": GATEWAY,
    "message_status()": GATEWAY,
    "missing_events(uuid[])": ALL,
    "move_cases(person,uuid[],integer[],uuid[],uuid[],text,uuid,date)": NOBODY,
    "move_scope()": NOBODY,
    "moves_told(timestamp with time zone)": WORKING,  # of oneself
    "must_change()": ALL,
    "my_cases()": ALL,
    "my_password()": ALL,
    "names_attachment(uuid,text)": NOBODY,
    "note_reminder()": NOBODY,
    "offer_attachments(json)": ALL,
    "one_load()": ADMIN,
    "open_attachment(uuid,text)": NOBODY,
    "open_proposal(uuid)": NOBODY,
    "open_scope()": NOBODY,
    "person_id()": ALL,
    "person_of(text)": NOBODY,
    "person_role()": ALL,
    "propose(text,text,json,text,text)": ADMIN,
    "push_events(json)": ALL,
    "put_chunk(uuid,text,integer,bytea)": ALL,
    "raises(text,text,json)": NOBODY,
    "read_batch(json)": NOBODY,
    "read_chunk(uuid,text,integer,integer)": ALL,
    "readable(json)": NOBODY,
    "reassign(uuid[],integer[],uuid,text)": LEADING,
    "rebalance(uuid,uuid[],integer[],uuid[],text,uuid,date)": LEADING,
    "refresh_statistics()": ADMIN,
    "refuse_change()": NOBODY,
    "refuse_drop_owned()": NOBODY,
    "refuse_gateway()": NOBODY,
    "refuse_piece()": NOBODY,
    "reject(uuid)": ADMIN,
    "release_held(uuid,text)": LEADING,
    "replaced(case_event)": NOBODY,
    "report_differing(uuid,uuid[],text[])": ALL,
    "report_seat(uuid,integer,xid8)": ALL,
    "report_seat(uuid,integer,xid8,integer)": ALL,
    "report_waiting(uuid,integer)": ALL,
    "reports_handed_in(text,date,date)": ALL,  # one's own; a lead the team's, who watches all
    "require_admin()": NOBODY,
    "require_fresh_password()": NOBODY,
    "require_gateway()": NOBODY,
    "require_lead()": NOBODY,
    "require_list(text[],integer)": NOBODY,
    "require_reason(text)": NOBODY,
    "require_seat(uuid)": NOBODY,
    "require_second(boolean)": NOBODY,
    "require_verifier(text)": NOBODY,
    "restore_person(text,text)": ADMIN,
    "revoke_device(uuid,boolean)": ADMIN,
    "revoke_gateway(text)": ADMIN,
    "revoke_person(text)": ADMIN,
    "salt_of(text)": ALL,
    "seat_terms(uuid)": ALL,
    "set_password(text,text)": ADMIN,
    "set_seat_terms(integer,integer)": ADMIN,
    "set_staffing(uuid,integer,json)": LEADING,
    "settle_messages()": NOBODY,
    "stamp_xid()": NOBODY,
    "unconfirmed_messages(integer)": GATEWAY,
    "undo(uuid,text)": LEADING,
    "uuid7()": NOBODY,
    "valid_until(boolean)": NOBODY,
    "well_formed(app.sent_event)": NOBODY,
    "write_central_event(uuid,text,uuid,text,uuid)": NOBODY,
    "write_result(uuid,text,text,text)": NOBODY,
}

# Read by definer functions only, as part of their own query: the planner takes them in only without a SET of their own,
# and every name in them is written in full.
_INLINED = {
    "admin_hash(text,admin_event)",
    "event_hash(app.sent_event)",
    "figure_body(json)",
    "figure_is(jsonb,text,boolean)",
    "figure_promise(jsonb)",
    "well_formed(app.sent_event)",
}

SHARED = ("book", "central_meta", "person", "team")
PER_CASE = (
    "account", "balance_snapshot", "case_event", "cases", "contact_point", "debtor", "payment", "related_person",
)  # fmt: skip
LOADED = {
    "account",
    "balance_snapshot",
    "book",
    "cases",
    "contact_point",
    "debtor",
    "payment",
    "related_person",
    "team",
}
SELECT = {
    **dict.fromkeys(
        (*SHARED, *PER_CASE, "attachment", "case_scope", "coaching_review", "decision_rule", "delegation", "device"),
        ALL,
    ),
    **dict.fromkeys(
        (
            "device_seen",
            "held_event",
            "leave_cover",
            "moved_case",
            "recovered_event",
            "refused_event",
            "released_event",
            "seat_witness",
            "staffing",
        ),
        WATCHING,
    ),
    **dict.fromkeys(
        ("admin_event", "admin_proposal", "credential", "former_team", "gateway", "house_policy", "message_delivery"),
        frozenset({"auditor", "admin"}),
    ),
    **dict.fromkeys(
        (
            "attachment_chunk",
            "device_share",
            "due_cover",
            "figure_case",
            "figure_due",
            "figure_hour",
            "figure_outcome",
            "figure_span",
            "figure_stale",
            "figure_term",
            "figure_work",
            "former_password",
            "proposal_secret",
            "work_report",
        ),
        NOBODY,
    ),  # what proves a password, opens a seat, is read piece by piece, or told by scope only
}
# What an administrator's load may never set or change afterwards.
NEVER_INSERTED = {"xid"}
NEVER_UPDATED = {"id", "case_id", "assignee_id", "team_id", "version", "xid"}


@pytest.fixture(scope="module")
def conn(central_of_module):
    with central_of_module.connect() as conn:
        yield conn


def test_who_may_execute_what(conn):
    found = {
        row[0].removeprefix("app."): frozenset(row[1])
        for row in conn.execute(
            "SELECT p.oid::regprocedure::text, ARRAY(SELECT g FROM unnest(%s::text[]) g"
            " WHERE has_function_privilege('ws_' || g, p.oid, 'EXECUTE'))"
            " FROM pg_proc p WHERE p.pronamespace = 'app'::regnamespace",
            [list(GROUPS)],
        )
    }
    assert found == EXECUTE


def test_no_function_of_ours_is_for_everybody_or_outside_its_schema(conn):
    for_all = conn.execute(
        "SELECT p.oid::regprocedure::text FROM pg_proc p, aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) a"
        " WHERE p.pronamespace IN ('app'::regnamespace, 'public'::regnamespace) AND a.grantee = 0"
    ).fetchall()
    assert for_all == []
    assert conn.execute("SELECT FROM pg_proc WHERE pronamespace = 'public'::regnamespace").fetchall() == []


def test_every_function_looks_only_where_we_say(conn):
    """A definer's search path is fixed, the system first and temporary objects last."""
    for name, definer, config in conn.execute(
        "SELECT p.oid::regprocedure::text, p.prosecdef, coalesce(p.proconfig, '{}')"
        " FROM pg_proc p WHERE p.pronamespace = 'app'::regnamespace"
    ):
        paths = [setting.removeprefix("search_path=") for setting in config if setting.startswith("search_path=")]
        if name.removeprefix("app.") in _INLINED:
            assert not definer, name
            continue
        assert len(paths) == 1, name
        assert paths[0].startswith("pg_catalog"), name
        assert paths[0].endswith("pg_temp"), name


def test_who_may_read_which_table(conn):
    found = {
        row[0]: frozenset(row[1])
        for row in conn.execute(
            "SELECT c.relname, ARRAY(SELECT g FROM unnest(%s::text[]) g"
            " WHERE has_table_privilege('ws_' || g, c.oid, 'SELECT'))"
            " FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind NOT IN ('i', 'S')",
            [list(GROUPS)],
        )
    }
    assert found == SELECT


def test_nobody_has_a_right_over_a_whole_table_but_to_read(conn):
    rights = ["INSERT", "UPDATE", "DELETE", "TRUNCATE", "REFERENCES", "TRIGGER"]
    if conn.info.server_version >= 170000:
        rights.append("MAINTAIN")
    found = conn.execute(
        "SELECT c.oid::regclass::text, g, r FROM pg_class c, unnest(%s::text[]) g, unnest(%s::text[]) r"
        " WHERE c.relnamespace IN ('public'::regnamespace, 'app'::regnamespace)"
        " AND c.relkind IN ('r', 'v', 'm', 'p', 'f')"
        " AND has_table_privilege('ws_' || g, c.oid, r)",
        [list(GROUPS), rights],
    ).fetchall()
    assert found == []


def test_only_an_administrator_writes_and_only_what_a_bank_delivers(conn):
    columns: dict[str, set[str]] = {}
    for table, column in conn.execute(
        "SELECT c.relname, a.attname FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid"
        " WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' AND a.attnum > 0 AND NOT a.attisdropped"
    ):
        columns.setdefault(table, set()).add(column)
    granted: dict[tuple[str, str, str], set[str]] = {}
    for group, right, table, column in conn.execute(
        "SELECT g, r, c.relname, a.attname FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid,"
        " unnest(%s::text[]) g, unnest(ARRAY['INSERT', 'UPDATE', 'REFERENCES']) r"
        " WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' AND a.attnum > 0 AND NOT a.attisdropped"
        " AND has_column_privilege('ws_' || g, c.oid, a.attnum, r)",
        [list(GROUPS)],
    ):
        granted.setdefault((group, right, table), set()).add(column)
    expected = {("admin", "INSERT", table): columns[table] - NEVER_INSERTED for table in LOADED}
    expected |= {("admin", "UPDATE", table): columns[table] - NEVER_UPDATED for table in LOADED}
    assert granted == expected


def test_no_sequence_is_open(conn):
    assert (
        conn.execute(
            "SELECT c.relname, g, r FROM pg_class c, unnest(%s::text[]) g, unnest(ARRAY['USAGE', 'SELECT', 'UPDATE']) r"
            " WHERE c.relkind = 'S' AND c.relnamespace IN ('public'::regnamespace, 'app'::regnamespace)"
            " AND has_sequence_privilege('ws_' || g, c.oid, r)",
            [list(GROUPS)],
        ).fetchall()
        == []
    )


def test_every_table_that_can_be_read_holds_even_its_owner_to_policies(conn):
    for table in SELECT:
        row = conn.execute(
            "SELECT relrowsecurity, relforcerowsecurity FROM pg_class WHERE oid = %s::regclass", [table]
        ).fetchone()
        assert row == (True, not table.startswith("figure_")), table


def test_every_policy_is_known(conn):
    """Each permissive policy widens what is seen: there is none but these."""
    expected = {(table, "owner_works", "ALL") for table in SELECT if not table.startswith("figure_")}
    expected |= {
        (table, "all_read", "SELECT") for table in SELECT if table not in {*SHARED, "decision_rule"} and SELECT[table]
    }
    expected |= {(table, "signed_in_read", "SELECT") for table in (*SHARED, "decision_rule")}
    expected |= {(table, "assigned_read", "SELECT") for table in (*PER_CASE, "attachment")}
    expected |= {(table, "own_read", "SELECT") for table in ("case_scope", "coaching_review", "delegation", "device")}
    expected |= {
        (table, "team_read", "SELECT")
        for table in (
            "coaching_review",
            "device",
            "device_seen",
            "held_event",
            "leave_cover",
            "moved_case",
            "recovered_event",
            "refused_event",
            "released_event",
            "seat_witness",
            "staffing",
        )
    }
    expected |= {(table, policy, right) for table in LOADED for policy, right in
                 (("book_insert", "INSERT"), ("book_update", "UPDATE"))}  # fmt: skip
    found = set(conn.execute("SELECT tablename, policyname, cmd FROM pg_policies").fetchall())
    assert found == expected


def test_no_role_of_ours_is_more_than_it_should_be(conn):
    for name, *powers in conn.execute(
        "SELECT rolname, rolsuper, rolcreaterole, rolcreatedb, rolreplication, rolbypassrls, rolcanlogin"
        " FROM pg_roles WHERE rolname LIKE 'ws\\_%'"
    ):
        assert powers == [False, name == "ws_owner", False, False, False, False], name


def test_people_are_in_the_group_of_their_role_and_in_no_other(conn):
    # The owner's own membership, with the right to pass it on and nothing else, is what lets it make people.
    members = conn.execute(
        "SELECT m.rolname, g.rolname FROM pg_auth_members a JOIN pg_roles m ON m.oid = a.member"
        " JOIN pg_roles g ON g.oid = a.roleid WHERE m.rolname IN (SELECT login FROM person)"
    ).fetchall()
    assert sorted(members) == sorted(conn.execute("SELECT login, 'ws_' || role FROM person").fetchall())


def test_nothing_reaches_outside_the_database(conn):
    """No extension beyond the language, no foreign server, no library of ours."""
    assert conn.execute("SELECT extname FROM pg_extension").fetchall() == [("plpgsql",)]
    assert conn.execute("SELECT FROM pg_foreign_server").fetchall() == []
    assert conn.execute("SELECT FROM pg_subscription").fetchall() == []
    assert conn.execute("SELECT FROM pg_publication").fetchall() == []
