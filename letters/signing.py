"""An organisation's signature on a finished letter: added behind its bytes, which stay as they are.

The signature is an incremental update (ISO 32000-1, 7.5.6) of the kind `adbe.pkcs7.detached`, which every reader knows
and PDF/A-2 allows. The letter itself stays the beginning of the signed file, byte for byte, so it is still proved by
its context. No timestamp authority is asked: nothing goes over a network.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from typing import Any

from workstation.domain.errors import InputError
from workstation.domain.message import msg

FIELD = "Signature"


@dataclass(frozen=True, slots=True)
class Signature:
    """What was added behind a letter. `whole`: the signature fits all bytes before it and the file ends with it;
    `adds_nothing`: nothing but signatures was added, so that the pages show what the letter shows.

    Whether `signer` is to be trusted is not judged here: a reader with the authority's certificate does that.
    """

    signer: str
    whole: bool
    adds_nothing: bool
    at: datetime | None  # as the signer's clock said


def sign(pdf: bytes, certificate: bytes, key: bytes, chain: Sequence[bytes] = ()) -> bytes:
    """`pdf` with a signature by `certificate`; its own bytes come first, unchanged.

    Everything DER: certificates, and the key as PKCS#8 (RSA or EC). Raises `InputError` for a file that is no PDF or
    is signed already.
    """
    from asn1crypto import keys, x509
    from pyhanko.sign.fields import SigSeedSubFilter
    from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner, SimpleSigner
    from pyhanko_certvalidator.registry import SimpleCertificateStore

    if b"/FT /Sig" in pdf:
        raise InputError(msg("This letter is signed already."), field="file")
    above = SimpleCertificateStore()  # type: ignore[no-untyped-call]
    for one in chain:
        above.register(x509.Certificate.load(one))
    signer = SimpleSigner(
        signing_cert=x509.Certificate.load(certificate),
        signing_key=keys.PrivateKeyInfo.load(key),
        cert_registry=above,
    )
    about = PdfSignatureMetadata(
        field_name=FIELD, md_algorithm="sha256", subfilter=SigSeedSubFilter.ADOBE_PKCS7_DETACHED
    )
    out = BytesIO()
    PdfSigner(about, signer).sign_pdf(_update(pdf), output=out)
    return out.getvalue()


def _update(pdf: bytes) -> Any:
    """An update that leaves the letter's description and version alone: they must stay those of the archive's form."""
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
    from pyhanko.pdf_utils.misc import PdfError

    class Update(IncrementalPdfFileWriter):
        def _update_meta(self) -> None:
            """Title, dates and producer stay the letter's."""

        def ensure_output_version(self, version: tuple[int, int]) -> None:
            """PDF/A-2 ends with 1.7."""

        def register_extension(self, ext: object) -> None:
            """Names of newer curves are no extension of the file's form."""

    try:
        return Update(BytesIO(pdf))
    except (PdfError, ValueError, OSError) as error:
        raise InputError(msg("This file is not a PDF that can be signed."), field="file") from error


def examine(pdf: bytes, letter: int) -> Signature | None:
    """The signature behind the first `letter` bytes, which are the letter; None when there is none that can be read."""
    from pyhanko.pdf_utils.misc import PdfError
    from pyhanko.pdf_utils.reader import PdfFileReader
    from pyhanko.sign.general import SigningError
    from pyhanko.sign.validation import SignatureCoverageLevel
    from pyhanko.sign.validation.errors import SignatureValidationError

    try:
        reader = PdfFileReader(BytesIO(pdf))
        found = reader.embedded_regular_signatures
        if not found:
            return None
        last = found[-1]
        last.compute_integrity_info()
        fits = all(_fits(one) for one in found)
        covers = last.evaluate_signature_coverage() == SignatureCoverageLevel.ENTIRE_FILE
        starts = letter <= last.byte_range[1]
        name = str(last.signer_cert.subject.human_friendly)
        return Signature(name, fits and covers and starts, _harmless(reader, found), last.self_reported_timestamp)
    except (PdfError, SigningError, SignatureValidationError, ValueError):
        return None  # whatever stands there is no signature that could be relied on


def _harmless(reader: Any, signatures: Any) -> bool:
    """Was nothing added since the letter but signatures that cover nothing of its pages?

    Of the letter's own objects only the catalogue may have got a form, and a page the fields' places, of no size.
    """
    before = reader.get_historical_resolver(0)
    own = reader.xrefs.explicit_refs_in_revision(0)
    root = before.trailer_view.raw_get("/Root").reference
    fields = {one.sig_field.container_ref for one in signatures}
    later = range(1, reader.xrefs.total_revisions)
    if reader.trailer.raw_get("/Root").reference != root or any(map(reader.xrefs.refs_freed_in_revision, later)):
        return False
    for ref in {ref for at in later for ref in reader.xrefs.explicit_refs_in_revision(at)} & own:
        old, new = before.get_object(ref), reader.get_object(ref)
        if ref == root:
            added = "/AcroForm"
        elif isinstance(old, dict) and old.get("/Type") == "/Page":
            added = "/Annots"
        else:
            return False
        if not isinstance(new, dict) or added in old or _entries(new, without=added) != _entries(old):
            return False
        if added == "/Annots" and {one.reference for one in new.get(added, [])} - fields:
            return False
    form = reader.root["/AcroForm"]
    if set(form) - {"/Fields", "/SigFlags"} or {one.reference for one in form["/Fields"]} != fields:
        return False
    return all(float(edge) == 0 for one in signatures for edge in one.sig_field["/Rect"])


def _entries(values: Any, without: str = "") -> dict[str, bytes]:
    """Each entry of a PDF dictionary as it is written."""
    found: dict[str, bytes] = {}
    for name in values:
        if name != without:
            out = BytesIO()
            values.raw_get(name).write_to_stream(out, None)
            found[str(name)] = out.getvalue()
    return found


def _fits(signature: Any) -> bool:
    from pyhanko.sign.validation.generic_cms import validate_sig_integrity

    intact, valid = validate_sig_integrity(
        signature.signer_info,
        signature.signer_cert,
        expected_content_type="data",
        actual_digest=signature.compute_digest(),
    )
    return bool(intact and valid)
