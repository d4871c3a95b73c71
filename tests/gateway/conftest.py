"""A gateway with its login at a real centre, a mail server and an SMS provider, and seats that queue messages."""

from __future__ import annotations

import datetime as dt
import ipaddress
import ssl
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.central.builders import book_rows, hello, new_id, note, push
from tests.central.server import PASSWORD, CentralDatabase
from tests.gateway.providers import SECRET, MailBox, SmsProvider
from workstation.central import admin
from workstation.central.loading import load
from workstation.desk.rules import rules_on
from workstation.domain.events import KINDS, Body, Event, TextMessage, encode_body
from workstation.gateway.centre import Centre
from workstation.gateway.outgoing import Way
from workstation.gateway.sending import Gateway, Tally
from workstation.gateway.sms_http import SmsHttp
from workstation.gateway.smtp import Smtp
from workstation.settings import MailServer
from workstation.sync.link import connect
from workstation.sync.server import Server

GATEWAY = "sender"
NOON = dt.time(4, 0)  # UTC: twelve in Shanghai
Result = tuple[str, str, str]  # state, reference, reason


@dataclass
class House:
    """A book of li.na with an address for each debtor, and what a test does with it."""

    central: CentralDatabase
    cases: list[str]
    phones: dict[str, str]  # case → contact point
    mails: dict[str, str]
    mail: MailBox
    sms: SmsProvider
    device: str = ""
    made: list[Centre] = field(default_factory=list)

    def queue(
        self, case: int = 0, channel: str = "sms", text: str = "您好", at: dt.datetime | None = None, **body: Any
    ) -> str:
        """A message that li.na's seat has queued and pushed; returns its id."""
        case_id = self.cases[case]
        point = body.pop("point", None) or (self.phones if channel == "sms" else self.mails)[case_id]
        return self.record(TextMessage(text=text, **body), case, channel=channel, contact_point=point, at=at).id

    def record(self, body: Body, case: int = 0, at: dt.datetime | None = None, **fields: Any) -> Event:
        """Any event of li.na's seat, taken by the centre."""
        when = at or dt.datetime.now(dt.UTC)
        with self.central.connect("li.na") as conn:
            self.device = self.device or hello(conn)
            made = note(
                self.cases[case], self.central.people["li.na"], self.device, kind=KINDS[type(body)],
                body=encode_body(body), occurred_at=when, **fields,
            )  # fmt: skip
            assert push(conn, made) == [("accepted", None)]
        return made

    def centre(self) -> Centre:
        server = self.central.server
        target = Server(server.host, server.port, self.central.name)
        made = Centre(lambda: connect(target, GATEWAY, PASSWORD))
        self.made.append(made)
        return made

    def ways(self, **mail: Any) -> dict[str, Way]:
        return {
            "email": Smtp(self.mail_server(**mail), lambda: None, seconds=10),
            "sms": SmsHttp(self.sms.url, lambda: SECRET, seconds=10),
        }

    def mail_server(self, **changed: Any) -> MailServer:
        values = {"host": "127.0.0.1", "port": self.mail.port, "security": "none", "sender": "card@bank.example"}
        return MailServer(**{**values, **changed})

    def round(
        self, hour: dt.time = NOON, *, ways: dict[str, Way] | None = None, centre: Centre | None = None, most: int = 100
    ) -> Tally:
        """One round of sending at this time (UTC) of the centre's day."""
        gateway = Gateway(
            centre or self.centre(), ways or self.ways(), rules_on,
            clock=lambda: dt.datetime.combine(dt.datetime.now(dt.UTC).date(), hour, dt.UTC),
        )  # fmt: skip
        return gateway.round(most)

    def results(self, message: str) -> list[Result]:
        """What the centre wrote about a message, in order."""
        with self.central.connect() as conn:
            rows = conn.execute(
                "SELECT body ->> 'state', coalesce(body ->> 'reference', ''), coalesce(body ->> 'reason', '')"
                " FROM case_event WHERE kind = 'message_result' AND answers = %s ORDER BY occurred_at",
                [message],
            ).fetchall()
        return [(state, reference, reason) for state, reference, reason in rows]

    def state(self, message: str) -> str:
        with self.central.connect() as conn:
            row = conn.execute("SELECT state FROM message_delivery WHERE message_id = %s", [message]).fetchone()
        return "" if row is None else row[0]

    def owner(self, query: str, *arguments: object) -> list[tuple[Any, ...]]:
        """What only the owner of the server may do: to turn the clock, mostly."""
        with self.central.connect() as conn:
            cursor = conn.execute(query.encode(), arguments)
            return cursor.fetchall() if cursor.description else []

    def open_hold(self) -> None:
        """The time until which messages wait has come."""
        self.owner("UPDATE message_delivery SET not_before = clock_timestamp() WHERE state = 'waiting'")


@pytest.fixture
def house(central: CentralDatabase) -> Iterator[House]:
    admin.add_gateway(central.superuser_dsn, GATEWAY, PASSWORD)
    rows = book_rows(central, 5)
    mails = {}
    for n, case in enumerate(row[0] for row in rows["cases"]):
        mails[case] = new_id()
        rows["contact_point"].append(
            (
                mails[case],
                case,
                None,
                "email",
                "home",
                f"debtor{n}@mail.example",
                "Asia/Shanghai",
                None,
                None,
                "contract",
                2,
            )
        )
    with central.connect() as conn:
        load(conn, rows)
    phones = {row[1]: row[0] for row in rows["contact_point"] if row[3] == "phone" and row[2] is None}
    house = House(central, [row[0] for row in rows["cases"]], phones, mails, MailBox(), SmsProvider())
    yield house
    for centre in house.made:
        centre.close()
    house.mail.close()
    house.sms.close()


@pytest.fixture
def gateway_conn(house: House) -> Iterator[psycopg.Connection[Any]]:
    """The database as the gateway's login."""
    with house.central.connect(GATEWAY, autocommit=True) as conn:
        yield conn


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """Key and certificate of 127.0.0.1 in one file, signed by itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "provider")])
    now = dt.datetime.now(dt.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    file = tmp_path / "provider.pem"
    file.write_bytes(
        made.public_bytes(serialization.Encoding.PEM)
        + key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return file


@pytest.fixture
def tls(certificate: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    return context


Made = Callable[..., MailBox]


@pytest.fixture
def mail_box() -> Iterator[Made]:
    """Makes further mail servers."""
    boxes: list[MailBox] = []

    def make(**options: Any) -> MailBox:
        boxes.append(MailBox(**options))
        return boxes[-1]

    yield make
    for box in boxes:
        box.close()
