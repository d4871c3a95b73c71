"""A signed letter: its own bytes first, a signature that other programs accept, and nothing slipped in beside it."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from datetime import timedelta
from io import BytesIO
from pathlib import Path

import pypdf
import pytest
from click.testing import CliRunner

from letters.render import render
from letters.signing import examine, sign
from letters.verify import verify
from tests.security.certificates import PASSWORD, organisation
from workstation.cli.letter import letter_command
from workstation.desk.letter_signing import kept_signer, sign_file, signed
from workstation.domain.errors import InputError
from workstation.security import signing
from workstation.security.credentials import Credentials
from workstation.security.signing import NoSignature, Signer

CONTEXT = {
    "template": "reminder",
    "language": "zh_CN",
    "jurisdiction": "zh-CN",
    "date": "2026-11-23",
    "pay_by": "2026-12-03",
    "case_number": "JN-2026-004821",
    "debtor": {"name": "王晓明", "address": "文三路90号"},
    "bank": {"name": "江南示范银行", "phone": "400-000-1234", "address": "世纪大道1000号"},
    "accounts": [{"card_tail": "4821", "balance": {"principal": "41280.00"}}],
}


@pytest.fixture
def signer(tmp_path: Path) -> Signer:
    return signing.read(organisation(tmp_path), PASSWORD)


@pytest.fixture
def letter() -> bytes:
    return render(CONTEXT).pdf


def test_the_letter_s_bytes_come_first_and_are_still_proved(signer, letter):
    copy = signed(letter, signer)
    assert copy.startswith(letter)
    assert len(copy) - len(letter) < 20_000
    verdict = verify(copy, CONTEXT)
    assert verdict.same
    assert verdict.signature is not None
    assert verdict.signature.whole
    assert verdict.signature.adds_nothing
    assert "示例催收" in verdict.signature.signer
    assert verify(letter, CONTEXT).signature is None


def cms_of(copy: bytes) -> tuple[bytes, bytes]:
    """What is signed, and the signature."""
    found = re.search(rb"/ByteRange \[ ?(\d+) (\d+) (\d+) (\d+) ?\]", copy)
    assert found
    first, length, second, rest = (int(number) for number in found.groups())
    hexed = copy[first + length : second].strip(b"<> \n")
    return copy[first : first + length] + copy[second : second + rest], bytes.fromhex(hexed.decode().rstrip("0") + "00")


def test_openssl_verifies_it_with_the_authority_s_certificate(signer, letter, tmp_path):
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("openssl is not installed")
    content, cms = cms_of(signed(letter, signer))

    def check(data: bytes) -> int:
        (tmp_path / "content").write_bytes(data)
        (tmp_path / "cms").write_bytes(cms)
        command = [openssl, "cms", "-verify", "-inform", "DER", "-binary", "-purpose", "any"]
        command += ["-in", str(tmp_path / "cms"), "-content", str(tmp_path / "content")]
        command += ["-CAfile", str(tmp_path / "CA.pem"), "-out", str(tmp_path / "out")]
        return subprocess.run(command, capture_output=True, check=False).returncode

    assert check(content) == 0
    assert check(content.replace(b"2026", b"2027", 1)) != 0


def test_poppler_says_that_it_is_valid_and_covers_the_whole_file(signer, letter, tmp_path):
    pdfsig = shutil.which("pdfsig")
    if pdfsig is None:
        pytest.skip("pdfsig (poppler-utils) is not installed")
    file = tmp_path / "signed.pdf"
    file.write_bytes(signed(letter, signer))
    said = subprocess.run([pdfsig, "-nocert", str(file)], capture_output=True, text=True, check=False).stdout
    assert "Signature is Valid" in said
    assert "Total document signed" in said
    assert "示例催收" in said
    qpdf = shutil.which("qpdf")
    if qpdf is not None:
        assert subprocess.run([qpdf, "--check", str(file)], capture_output=True, check=False).returncode == 0


def test_what_the_archive_asks_for_stays(signer, letter):
    """ISO 19005-2, 6.1.2, 6.3.3, 6.6.2: version and metadata as in the letter; a field of no size, not hidden."""
    reader = pypdf.PdfReader(BytesIO(signed(letter, signer)))
    before = pypdf.PdfReader(BytesIO(letter))
    root = reader.trailer["/Root"]
    assert "/Version" not in root
    assert "/Extensions" not in root
    assert root["/Metadata"].get_data() == before.trailer["/Root"]["/Metadata"].get_data()
    assert reader.metadata == before.metadata
    [field] = root["/AcroForm"]["/Fields"]
    assert field["/Rect"] == [0, 0, 0, 0]
    assert field["/F"] & 4
    assert not field["/F"] & 0b100011
    assert field["/V"]["/SubFilter"] == "/adbe.pkcs7.detached"
    assert [page.extract_text() for page in reader.pages] == [page.extract_text() for page in before.pages]


def test_a_signed_letter_is_not_signed_twice(signer, letter):
    with pytest.raises(InputError, match="already"):
        signed(signed(letter, signer), signer)


@pytest.mark.parametrize("content", [b"", b"no PDF", b"%PDF-1.7\n%%EOF"])
def test_what_is_no_pdf_is_not_signed(signer, content):
    with pytest.raises(InputError, match="not a PDF"):
        signed(content, signer)


def test_a_changed_byte_breaks_the_signature(signer, letter):
    copy = bytearray(signed(letter, signer))
    at = copy.rindex(b"/SigFlags") - 40
    copy[at] ^= 1
    verdict = verify(bytes(copy), CONTEXT)
    assert not verdict.same


def test_what_follows_the_signature_is_no_letter(signer, letter):
    copy = signed(letter, signer)
    assert not verify(copy + b"\n% more", CONTEXT).same
    assert not verify(letter + b"\n", CONTEXT).same


def update(pdf: bytes, change: str) -> bytes:
    """An update behind the letter that does more than sign."""
    from pyhanko.pdf_utils import generic
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

    writer = IncrementalPdfFileWriter(BytesIO(pdf))
    page = writer.root["/Pages"]["/Kids"][0]
    name = generic.pdf_name
    match change:
        case "content":
            stream = generic.StreamObject(stream_data=b"BT ET 0 0 600 900 re f")
            page[name("/Contents")] = writer.add_object(stream)
            writer.update_container(page)
        case "annotation":
            note = generic.DictionaryObject(
                {
                    name("/Type"): name("/Annot"),
                    name("/Subtype"): name("/FreeText"),
                    name("/Rect"): generic.ArrayObject(map(generic.NumberObject, (0, 0, 500, 800))),
                    name("/Contents"): generic.pdf_string("paid"),
                }
            )
            page[name("/Annots")] = generic.ArrayObject([writer.add_object(note)])
            writer.update_container(page)
        case "script":
            action = generic.DictionaryObject({name("/S"): name("/JavaScript"), name("/JS"): generic.pdf_string("1")})
            writer.root[name("/OpenAction")] = writer.add_object(action)
            writer.update_root()
        case "font":
            font = page["/Resources"]["/Font"]
            first, second = sorted(font)[:2]
            font[first] = font.raw_get(second)  # the letter's text by another font: other words
            writer.update_container(font)
    out = BytesIO()
    writer.write(out)
    return out.getvalue()


@pytest.mark.parametrize("change", ["content", "annotation", "script", "font"])
def test_a_signature_over_something_slipped_in_proves_nothing(signer, letter, change):
    """Shadow attacks: the letter's bytes first, a valid signature last, and in between what changes the page."""
    forged = update(letter, change)
    assert forged.startswith(letter)
    verdict = verify(signed(forged, signer), CONTEXT)
    assert not verdict.same
    assert verdict.signature is None or not verdict.signature.adds_nothing


def test_a_visible_field_proves_nothing(signer, letter):
    copy = signed(letter, signer)
    wide = copy.replace(b"/Rect [ 0 0 0 0 ]", b"/Rect [ 0 9 9 0 ]")
    assert len(wide) == len(copy)
    assert not verify(wide, CONTEXT).same
    found = examine(wide, len(letter))
    assert found is None or not found.adds_nothing


@pytest.mark.parametrize("begins", [timedelta(days=-60), timedelta(days=2)])
def test_an_expired_or_future_certificate_signs_nothing(tmp_path, letter, begins):
    old = signing.read(organisation(tmp_path, begins=begins), PASSWORD)
    with pytest.raises(NoSignature, match="valid from"):
        signed(letter, old)


def test_an_rsa_key_signs_too(letter):
    import trustme
    from cryptography import x509
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, load_pem_private_key

    authority = trustme.CA(key_type=trustme.KeyType.RSA)
    own = authority.issue_cert("bank.example", key_type=trustme.KeyType.RSA)
    key = load_pem_private_key(own.private_key_pem.bytes(), None)
    certificates = [
        x509.load_pem_x509_certificate(pem.bytes()).public_bytes(Encoding.DER)
        for pem in (*own.cert_chain_pems, authority.cert_pem)
    ]
    copy = sign(
        letter, certificates[0], key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption()), certificates[1:]
    )
    assert verify(copy, CONTEXT).same


def test_the_commands_keep_the_certificate_sign_and_verify(tmp_path, letter):
    run = CliRunner()
    (tmp_path / "organisation.p12").write_bytes(organisation(tmp_path))
    plain, copy = tmp_path / "letter.pdf", tmp_path / "signed.pdf"
    request = json.dumps(CONTEXT)

    refused = run.invoke(
        letter_command, ["render", "--json", "--out", str(plain), "--signed", str(copy)], input=request
    )
    assert refused.exit_code == 2
    assert json.loads(refused.stdout.splitlines()[0])["error"]["code"] == "no_signature"
    assert not plain.exists()

    kept = run.invoke(
        letter_command, ["certificate", str(tmp_path / "organisation.p12"), "--password-stdin"], input=PASSWORD + "\n"
    )
    assert kept.exit_code == 0, kept.output
    assert json.loads(kept.stdout)["signer"] == "O=示例催收"
    assert kept_signer(Credentials()).name == "O=示例催收"

    made = run.invoke(letter_command, ["render", "--json", "--out", str(plain), "--signed", str(copy)], input=request)
    assert made.exit_code == 0, made.output
    answer = json.loads(made.stdout)
    assert plain.read_bytes() == letter
    assert answer["signed"]["letter_sha256"] == answer["sha256"]

    again = tmp_path / "again.pdf"
    assert run.invoke(letter_command, ["sign", str(plain), "--out", str(again)]).exit_code == 0
    for file in (copy, again):
        verdict = json.loads(run.invoke(letter_command, ["verify", str(file), "--json"], input=request).stdout)
        assert verdict["same"]
        assert verdict["expected"] == answer["sha256"]
        assert verdict["signature"]["adds_nothing"]
    twice = run.invoke(letter_command, ["sign", str(copy), "--out", str(again)])
    assert twice.exit_code == 2


def test_a_folder_that_cannot_be_written_leaves_nothing(tmp_path, signer, letter):
    from letters.form import NotWritten

    file = tmp_path / "letter.pdf"
    file.write_bytes(letter)
    with pytest.raises(NotWritten):
        sign_file(file, tmp_path / "nowhere" / "signed.pdf", signer)
