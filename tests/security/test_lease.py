"""The lease ends, a clock set back is not believed, one set ahead by mistake locks nothing for good."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workstation.security import lease
from workstation.security.lease import DAY, TOLERANCE_SECONDS, ClockBack, Clocks, LeaseEnded

START = 1_796_000_000.0  # a day of November 2026


@dataclass
class Machine:
    """A clock that can be set, over a time that cannot."""

    true: float = START
    error: float = 0.0
    running: str = "boot-1"
    started: float = START - 1000
    counts: bool = True

    def clocks(self) -> Clocks:
        return Clocks(
            wall=lambda: self.true + self.error,
            boot=lambda: (self.running, self.true - self.started) if self.counts else ("", 0.0),
        )

    def start_again(self) -> None:
        self.running, self.started = self.running + "'", self.true


@pytest.fixture(params=[True, False], ids=["with a count of seconds", "without"])
def machine(request: pytest.FixtureRequest) -> Machine:
    return Machine(counts=request.param)


def test_it_ends_after_seven_days_and_contact_renews_it(machine: Machine) -> None:
    held = lease.renewed(machine.clocks(), machine.true, lease.LEASE_SECONDS)
    assert lease.status(held, machine.clocks()).state == "fine"
    machine.true += 4 * DAY + 60
    assert lease.status(held, machine.clocks()).state == "soon"
    assert "2 days" in lease.status(held, machine.clocks()).sentence.plain()
    machine.true += 2 * DAY
    assert "23 hours" in lease.status(held, machine.clocks()).sentence.plain()
    lease.require(held, machine.clocks())
    machine.true += DAY - 60
    with pytest.raises(LeaseEnded, match="nothing is lost"):
        lease.require(held, machine.clocks())
    again = lease.renewed(machine.clocks(), machine.true, lease.LEASE_SECONDS)
    lease.require(again, machine.clocks())


def test_a_clock_set_back_wins_no_time(machine: Machine) -> None:
    held = lease.renewed(machine.clocks(), machine.true, lease.LEASE_SECONDS)
    for _ in range(6):
        machine.true += DAY
        held = lease.advanced(held, machine.clocks())
    machine.start_again()
    machine.error = -5 * DAY
    with pytest.raises(ClockBack, match="Set it right"):
        lease.require(held, machine.clocks())
    assert lease.advanced(held, machine.clocks()) == held
    machine.error = 0.0
    lease.require(held, machine.clocks())  # the clock is right again
    machine.true += DAY + 1
    machine.error = -TOLERANCE_SECONDS / 2
    held = lease.advanced(held, machine.clocks())
    machine.true += TOLERANCE_SECONDS
    with pytest.raises(LeaseEnded):
        lease.require(held, machine.clocks())


@pytest.mark.parametrize("ahead", [30 * DAY, 4 * 365 * DAY])
def test_a_clock_far_ahead_closes_until_it_is_right_and_no_longer(machine: Machine, ahead: float) -> None:
    held = lease.renewed(machine.clocks(), machine.true, lease.LEASE_SECONDS)
    machine.error = ahead
    with pytest.raises(LeaseEnded):
        lease.require(held, machine.clocks())
    held = lease.advanced(held, machine.clocks())
    machine.error = 0.0
    machine.start_again()
    lease.require(held, machine.clocks())


def test_a_little_ahead_and_back_is_put_right_by_the_centre(machine: Machine) -> None:
    held = lease.renewed(machine.clocks(), machine.true, lease.LEASE_SECONDS)
    machine.start_again()
    machine.error = 3 * DAY
    held = lease.advanced(held, machine.clocks())
    machine.error = 0.0
    with pytest.raises(ClockBack):
        lease.require(held, machine.clocks())
    lease.require(lease.renewed(machine.clocks(), machine.true, lease.LEASE_SECONDS), machine.clocks())


def test_a_wrong_clock_that_stays_wrong_does_no_harm(machine: Machine) -> None:
    machine.error = -3 * 365 * DAY  # an empty battery
    held = lease.renewed(machine.clocks(), machine.true, lease.LEASE_SECONDS)
    lease.require(held, machine.clocks())
    machine.true += 6 * DAY
    held = lease.advanced(held, machine.clocks())
    assert held.seen == pytest.approx(machine.true)
    lease.require(held, machine.clocks())


def test_while_the_system_runs_a_jump_of_the_clock_moves_no_mark() -> None:
    machine = Machine()
    held = lease.renewed(machine.clocks(), machine.true, lease.LEASE_SECONDS)
    machine.true += 60
    machine.error = 2 * DAY
    held = lease.advanced(held, machine.clocks())
    assert held.seen == pytest.approx(machine.true)
    machine.error = 0.0
    lease.require(held, machine.clocks())


@given(
    until=st.tuples(st.floats(0, 10), st.floats(0, 10)),
    seen=st.tuples(st.floats(0, 10), st.floats(0, 10)),
)
def test_of_two_copies_neither_alone_wins_time(until: tuple[float, float], seen: tuple[float, float]) -> None:
    one, other = (lease.Lease(until=u, seen=s) for u, s in zip(until, seen, strict=True))
    found = lease.stricter(one, other)
    assert (found.until, found.seen) == (min(until), max(seen))
    assert lease.stricter(other, one).until == found.until


def test_a_centre_cannot_give_more_than_thirty_days(machine: Machine) -> None:
    held = lease.renewed(machine.clocks(), machine.true, 400 * DAY)
    assert held.until - machine.true == lease.LONGEST_LEASE_SECONDS
