"""Devices: each new one is recorded and seen, may have to be let in, is revoked and erased."""

from __future__ import annotations

import pytest

from tests.central.builders import new_id
from tests.central.server import PASSWORD, CentralDatabase
from workstation.central import admin, four_eyes, overview
from workstation.central.refusals import CentralRefusedError
from workstation.sync import link
from workstation.sync.password import report_erased
from workstation.sync.server import Server


def server(central: CentralDatabase) -> Server:
    return Server(central.server.host, central.server.port, central.name)


def greet(central: CentralDatabase, login: str, device: str) -> link.Welcome:
    with link.connect(server(central), login, PASSWORD) as conn:
        return link.hello(conn, device, "a laptop")


def test_a_new_device_stands_in_the_record_and_in_the_leads_list(central: CentralDatabase) -> None:
    device = new_id()
    greet(central, "li.na", device)
    greet(central, "li.na", device)
    with central.connect("audit") as conn:
        query = "SELECT what, login, body ->> 'name' FROM admin_event WHERE subject = %s"
        assert conn.execute(query, [device]).fetchall() == [("device_registered", "li.na", "a laptop")], "once"
    seen = {
        login: [row.id for row in overview.devices(central.dsn(login))] for login in ("chen.jie", "zhou.yan", "admin")
    }
    assert seen == {"chen.jie": [device], "zhou.yan": [], "admin": [device]}


def test_where_the_house_wants_it_a_new_device_waits_to_be_let_in(central: CentralDatabase) -> None:
    known, fresh = new_id(), new_id()
    greet(central, "li.na", known)
    four_eyes.change_policy(central.dsn("admin"), four_eyes.Policy(10, 5, None, new_devices_wait=True))
    greet(central, "li.na", known)
    for _ in range(2):
        with pytest.raises(link.DeviceWaits):
            greet(central, "li.na", fresh)
    assert overview.devices(central.dsn("admin"))[0].state == "waits"
    with pytest.raises(CentralRefusedError):
        admin.approve_device(central.dsn("chen.jie"), fresh)
    admin.approve_device(central.dsn("admin"), fresh)
    assert greet(central, "li.na", fresh).device_waits is False
    with pytest.raises(CentralRefusedError):
        admin.approve_device(central.dsn("admin"), fresh)


def test_a_revoked_device_is_told_to_erase_and_says_that_it_has(central: CentralDatabase) -> None:
    device = new_id()
    greet(central, "li.na", device)
    admin.revoke_device(central.dsn("admin"), device)
    with pytest.raises(link.DeviceRevoked) as kept:
        greet(central, "li.na", device)
    assert not kept.value.erase
    assert overview.devices(central.dsn("admin"))[0].state == "revoked"
    admin.revoke_device(central.dsn("admin"), device, erase=True)  # the laptop was not lost but stolen
    with pytest.raises(link.DeviceRevoked) as told:
        greet(central, "li.na", device)
    assert told.value.erase
    assert told.value.epoch is not None
    report_erased(server(central), "wang.wei", PASSWORD, device)
    assert overview.devices(central.dsn("admin"))[0].state == "erase_asked", "only its own person says so"
    report_erased(server(central), "li.na", PASSWORD, device)
    assert overview.devices(central.dsn("admin"))[0].state == "erased"
    with pytest.raises(CentralRefusedError) as again:
        admin.revoke_device(central.dsn("admin"), device, erase=True)
    assert again.value.code == "WS022"
