"""A logind for tests: owns its name on a bus of its own and sends what it is told to on standard input."""

from __future__ import annotations

import os
import sys
import threading

from jeepney import DBusAddress, HeaderFields, MessageType, message_bus, new_method_return, new_signal
from jeepney.io.blocking import open_dbus_connection

MANAGER = DBusAddress("/org/freedesktop/login1", interface="org.freedesktop.login1.Manager")
SESSION = DBusAddress("/org/freedesktop/login1/session/_31", interface="org.freedesktop.login1.Session")
PROPERTIES = DBusAddress("/org/freedesktop/login1/session/_31", interface="org.freedesktop.DBus.Properties")


def main() -> None:
    connection = open_dbus_connection(bus=os.environ["BUS"], enable_fds=True)
    connection.send_and_get_reply(message_bus.RequestName("org.freedesktop.login1"))
    print("here", flush=True)
    sending = threading.Lock()

    def tell() -> None:
        for line in sys.stdin:
            word = line.strip()
            signal = {
                "sleep": new_signal(MANAGER, "PrepareForSleep", "b", (True,)),
                "wake": new_signal(MANAGER, "PrepareForSleep", "b", (False,)),
                "lock": new_signal(SESSION, "Lock"),
                "hint": new_signal(
                    PROPERTIES,
                    "PropertiesChanged",
                    "sa{sv}as",
                    ("org.freedesktop.login1.Session", {"LockedHint": ("b", True)}, []),
                ),
            }[word]
            with sending:
                connection.send(signal)

    threading.Thread(target=tell, daemon=True).start()
    while True:
        message = connection.receive()
        if message.header.message_type is not MessageType.method_call:
            continue
        member = message.header.fields[HeaderFields.member]
        if member == "Inhibit":
            read, write = os.pipe()
            reply = new_method_return(message, "h", (write,))

            def released(end: int = read) -> None:
                os.read(end, 1)  # ends when nobody holds the other end any more
                print("released", flush=True)

            with sending:
                connection.send(reply)
            os.close(write)
            threading.Thread(target=released, daemon=True).start()
        else:
            with sending:
                connection.send(new_method_return(message, "o", (SESSION.object_path,)))


main()
