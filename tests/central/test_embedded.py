"""The embedded server: real sign-in, data that stays, and nothing left running."""

from __future__ import annotations

import os
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
from pathlib import Path

import psycopg
import pytest

from workstation.central import binaries
from workstation.central.embedded import EmbeddedServer


@pytest.fixture
def folder():
    with tempfile.TemporaryDirectory(prefix="workstation-embedded-") as path:
        yield Path(path) / "server"
        EmbeddedServer.remove(Path(path) / "server")


def test_data_and_password_survive_a_restart(folder):
    with EmbeddedServer.start(folder, durable=False) as server:
        with psycopg.connect(server.superuser_dsn) as conn:
            conn.execute("CREATE TABLE kept AS SELECT 42 AS n")
        assert stat.S_IMODE((folder / "superuser").stat().st_mode) == 0o600
    with EmbeddedServer.start(folder, durable=False) as server, psycopg.connect(server.superuser_dsn) as conn:
        assert conn.execute("SELECT n FROM kept").fetchone() == (42,)


def test_it_asks_for_the_password_on_loopback_only(folder):
    with EmbeddedServer.start(folder, password="handed by the caller", durable=False) as server:
        assert not (folder / "superuser").exists()
        with psycopg.connect(server.dsn("postgres", "handed by the caller")) as conn:
            assert conn.execute("SHOW listen_addresses").fetchone() == ("127.0.0.1",)
            methods = conn.execute("SELECT DISTINCT auth_method FROM pg_hba_file_rules").fetchall()
            assert methods == [("scram-sha-256",)]
        with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
            psycopg.connect(server.dsn("postgres", "guessed"))
        assert "handed" not in repr(server)


def test_a_second_start_joins_the_running_server_and_does_not_stop_it(folder):
    with EmbeddedServer.start(folder, durable=False) as first:
        with EmbeddedServer.start(folder, durable=False) as second:
            assert second.port == first.port
        psycopg.connect(first.superuser_dsn).close()


def test_a_stale_lock_whose_number_is_a_strangers_does_not_stop_the_start(folder):
    EmbeddedServer.start(folder, durable=False).stop()
    server = EmbeddedServer.start(folder, durable=False)
    lock = server.data / "postmaster.pid"
    lines = lock.read_text().splitlines()
    server.stop()
    lock.write_text("\n".join([str(os.getpid()), *lines[1:]]) + "\n")
    with EmbeddedServer.start(folder, durable=False) as again:
        psycopg.connect(again.superuser_dsn).close()


def test_an_initdb_that_was_cut_off_is_done_again(folder):
    with EmbeddedServer.start(folder, durable=False) as server:
        data = server.data
    (data / "PG_VERSION").unlink()
    with EmbeddedServer.start(folder, durable=False) as server:
        psycopg.connect(server.superuser_dsn).close()


def test_the_server_ends_with_a_killed_parent(folder):
    program = (
        "import sys; from pathlib import Path; from workstation.central.embedded import EmbeddedServer\n"
        "server = EmbeddedServer.start(Path(sys.argv[1]), durable=False)\n"
        "print((server.data / 'postmaster.pid').read_text().split()[0], flush=True)\n"
        "sys.stdin.read()"
    )
    child = subprocess.Popen(
        [sys.executable, "-c", program, str(folder)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
    )
    postmaster = int(child.stdout.readline())
    child.send_signal(signal.SIGKILL)
    child.communicate()
    while True:  # pytest's own timeout is the bound
        try:
            os.kill(postmaster, 0)
        except ProcessLookupError:
            break


@pytest.mark.skipif(not binaries.is_root(), reason="only root hands the folder to another account")
def test_as_root_a_private_folder_keeps_its_rights():
    private = Path(tempfile.mkdtemp(prefix="workstation-private-"))
    try:
        with EmbeddedServer.start(private / "demo", durable=False) as server:
            psycopg.connect(server.superuser_dsn).close()
            assert stat.S_IMODE(private.stat().st_mode) == 0o700
            assert not server.data.is_relative_to(private)
    finally:
        EmbeddedServer.remove(private / "demo")
        shutil.rmtree(private)


def test_removing_a_folder_that_never_was_is_no_error(tmp_path):
    EmbeddedServer.remove(tmp_path / "nobody" / "made" / "this")
    assert not (tmp_path / "nobody").exists()
