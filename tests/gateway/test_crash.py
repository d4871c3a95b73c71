"""The gateway as a process of its own, killed at the worst moments: no message leaves twice, none is forgotten."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from tests.central.server import PASSWORD
from tests.gateway.conftest import GATEWAY, House
from tests.gateway.providers import SECRET
from workstation import settings

ROUND = ("send", "--once", "--password-stdin")


@pytest.fixture
def configured(house: House) -> House:
    """The settings file of a machine that runs the gateway, without a secret in it."""
    server = house.central.server
    chosen = settings.Settings(
        server=settings.ServerAddress(server.host, server.port, house.central.name),
        gateway=settings.Gateway(login=GATEWAY, mail=house.mail_server(), sms_url=house.sms.url),
    )
    settings.save(chosen)
    return house


def started(*arguments: str) -> subprocess.Popen[str]:
    process = subprocess.Popen(
        [sys.executable, "-m", "workstation", "gateway", *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "LANG": "C.UTF-8", "LC_ALL": "C.UTF-8"},
        cwd=Path(__file__).parents[2],
    )
    assert process.stdin is not None
    process.stdin.write(f"{PASSWORD}\n{SECRET}\n")
    process.stdin.close()
    process.stdin = None
    return process


def run(*arguments: str) -> tuple[int, str, str]:
    process = started(*arguments)
    out, err = process.communicate(timeout=60)
    return process.returncode, out, err


def turn_clock(house: House) -> None:
    """The time after which a claim without a result is uncertain."""
    house.owner("UPDATE message_delivery SET claimed_at = claimed_at - interval '16 minutes' WHERE state = 'claimed'")


@pytest.mark.parametrize("channel", ["sms", "email"])
def test_killed_after_it_was_handed_over_it_is_never_sent_again(configured: House, channel: str) -> None:
    house = configured
    message = house.queue(channel=channel, purpose="service")  # that may go at any hour
    arrived, answer = threading.Event(), threading.Event()

    def hold() -> None:
        arrived.set()
        answer.wait(60)

    house.sms.on_text = house.mail.on_data = hold
    process = started(*ROUND)
    assert arrived.wait(60)
    process.kill()
    process.communicate()
    answer.set()
    assert (house.state(message), house.results(message)) == ("claimed", [])
    house.sms.on_text = house.mail.on_data = None
    code, out, err = run(*ROUND)
    assert code == 0, err
    assert "0 messages sent" in out
    assert house.results(message) == []
    turn_clock(house)
    assert run(*ROUND)[0] == 0
    assert house.results(message) == [("failed", "", "uncertain")]
    run(*ROUND)
    assert house.results(message) == [("failed", "", "uncertain")]
    assert len(house.sms.texts) + len(house.mail.taken) == 1
    assert len([row for row in house.sms.asked if row[0] == "POST"]) <= 1
    code, out, err = run("status", "--password-stdin")
    assert (code, "failed (uncertain)" in out, "Uncertain" in out) == (0, True, True), err


def test_killed_again_and_again_each_message_leaves_at_most_once_and_gets_one_result(configured: House) -> None:
    house = configured
    messages = [house.queue(n % 5, purpose="service", text=f"text {n}") for n in range(12)]
    for victims in (1, 3, 2, 1):
        count, reached = 0, threading.Event()

        def struck(victims: int = victims, reached: threading.Event = reached) -> None:
            nonlocal count
            count += 1
            if count == victims:
                reached.set()
                threading.Event().wait(0.2)  # an answer that comes too late

        house.sms.on_text = struck
        process = started(*ROUND)
        assert reached.wait(60)
        process.kill()
        process.communicate()
    house.sms.on_text = None
    assert run(*ROUND)[0] == 0
    turn_clock(house)
    assert run(*ROUND)[0] == 0
    posts = [row[3]["id"] for row in house.sms.asked if row[0] == "POST"]
    assert len(posts) == len(set(posts))
    ends = [house.results(message) for message in messages]
    assert all(len(results) == 1 for results in ends)
    sent = sum(results[0][0] == "sent" for results in ends)
    uncertain = sum(results[0][2] == "uncertain" for results in ends)
    assert (sent + uncertain, uncertain) == (12, 4)


def test_asked_to_end_it_finishes_the_message_at_hand(configured: House) -> None:
    house = configured
    first, second = sorted([house.queue(0, purpose="service"), house.queue(1, purpose="service")])
    arrived, answer = threading.Event(), threading.Event()

    def hold() -> None:
        arrived.set()
        answer.wait(60)

    house.sms.on_text = hold
    process = started("send", "--password-stdin")
    assert arrived.wait(60)
    process.send_signal(signal.SIGTERM)
    answer.set()
    _, err = process.communicate(timeout=60)
    assert process.returncode == 0, err
    assert sorted([house.state(first), house.state(second)]) == ["sent", "waiting"]


def test_the_line_to_the_centre_breaks_before_the_result_and_the_result_is_still_written(house: House) -> None:
    message = house.queue()
    house.sms.on_text = lambda: (
        house.owner("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = %s", GATEWAY) and None
    )
    assert house.round().sent == 1
    assert house.results(message) == [("sent", "R-1", "")]


def test_no_figure_name_number_or_word_of_a_message_is_printed(configured: House) -> None:
    house = configured
    house.queue(text="欠款 41280 元", purpose="service")
    house.queue(1, "email", subject="对账单", text="机密", purpose="service")
    code, out, err = run(*ROUND)
    assert (code, "2 messages sent" in out) == (0, True), err
    said = out + err + "".join(file.read_text() for file in settings.log_folder().rglob("*") if file.is_file())
    for private in ("13800000000", "debtor1", "41280", "对账单", "机密", "张三", PASSWORD, SECRET):
        assert private not in said
    kept = settings.settings_file().read_text()
    assert PASSWORD not in kept
    assert SECRET not in kept
