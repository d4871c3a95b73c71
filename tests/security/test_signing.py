"""The organisation's certificate: read, kept in the keyring, and valid when it signs."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from tests.security.certificates import PASSWORD, organisation
from workstation.domain.errors import InputError
from workstation.security import signing
from workstation.security.credentials import Credentials
from workstation.security.signing import NoSignature


def test_it_is_kept_in_the_keyring_and_signs(tmp_path: Path) -> None:
    credentials = Credentials()
    with pytest.raises(NoSignature):
        signing.kept(credentials)
    signing.keep(credentials, organisation(tmp_path), PASSWORD)
    signer = signing.kept(Credentials())
    assert signer.name == "O=示例催收"
    assert len(signer.sign(b"content")) > 500


@pytest.mark.parametrize(("data", "password"), [(None, "another password"), (b"no PKCS#12", PASSWORD), (b"", "")])
def test_what_is_none_or_has_another_password_is_refused_and_not_kept(
    tmp_path: Path, data: bytes | None, password: str
) -> None:
    credentials = Credentials()
    with pytest.raises(InputError) as refused:
        signing.keep(credentials, organisation(tmp_path) if data is None else data, password)
    assert password == "" or password not in str(refused.value)
    with pytest.raises(NoSignature):
        signing.kept(credentials)


@pytest.mark.parametrize("begins", [timedelta(days=-60), timedelta(days=2)])
def test_an_expired_or_future_certificate_signs_nothing(tmp_path: Path, begins: timedelta) -> None:
    signer = signing.read(organisation(tmp_path, begins=begins), PASSWORD)
    with pytest.raises(NoSignature, match="valid from"):
        signer.sign(b"content")
