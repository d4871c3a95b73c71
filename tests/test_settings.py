"""Settings survive a restart whole; a broken file is kept, explained and replaced by defaults."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from workstation import settings
from workstation.settings import ServerAddress, Settings, Telephone

printable = st.text(st.characters(exclude_categories=["Cs"]), max_size=60)
chosen = st.builds(
    Settings,
    language=st.sampled_from(["", "zh_CN", "en"]),
    theme=st.sampled_from(["system", "light", "dark"]),
    text_scale=st.integers(75, 200),
    server=st.builds(ServerAddress, host=printable, port=st.integers(1, 65535), database=printable),
    last_login=printable,
    telephone=st.builds(
        Telephone,
        way=st.sampled_from(["hand", "tel", "sip", "http"]),
        url=printable,
        sip_domain=printable,
        extension=printable,
    ),
)


def test_home_moves_everything_below_itself(workstation_home: Path) -> None:
    assert settings.home() == workstation_home
    assert settings.config_folder().is_relative_to(workstation_home)
    assert settings.log_folder().is_relative_to(workstation_home)


def test_home_is_the_systems_own_place_without_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("WORKSTATION_HOME")
    for folder in (settings.home(), settings.config_folder(), settings.log_folder()):
        assert folder.is_absolute()
        assert settings.APP in folder.parts


def test_nothing_kept_yet_gives_defaults_and_writes_nothing(workstation_home: Path) -> None:
    assert settings.load_explained() == (Settings(), None)
    assert not workstation_home.exists()


@given(chosen)
def test_what_is_saved_is_loaded(wanted: Settings) -> None:
    settings.save(wanted)
    assert settings.load_explained() == (wanted, None)


@pytest.mark.skipif(os.name != "posix", reason="file modes are a POSIX matter")
def test_only_the_owner_reads_the_settings() -> None:
    settings.save(Settings(last_login="li.na"))
    assert settings.settings_file().stat().st_mode & 0o077 == 0
    assert settings.config_folder().stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    "broken",
    [b"", b"{", b"\xff\xfe\x00", b"[]", b'{"theme": "pink"}', b'{"text_scale": 9000}', b'{"server": {"port": 0}}'],
)
def test_broken_file_is_kept_aside_and_explained(broken: bytes) -> None:
    path = settings.settings_file()
    path.parent.mkdir(parents=True)
    path.write_bytes(broken)
    loaded, why = settings.load_explained()
    assert loaded == Settings()
    assert why is not None
    kept = Path(str(why.params["file"]))
    assert kept.read_bytes() == broken
    assert str(kept) in why.plain()
    assert settings.load_explained() == (Settings(), None), "said once"


def test_fields_of_a_newer_version_do_no_harm() -> None:
    settings.settings_file().parent.mkdir(parents=True)
    settings.settings_file().write_text('{"theme": "dark", "later": {"x": 1}}')
    assert settings.load_explained() == (Settings(theme="dark"), None)


def test_value_that_could_not_be_loaded_again_is_not_saved() -> None:
    settings.save(Settings(theme="dark"))
    with pytest.raises(msgspec.ValidationError):
        settings.save(Settings(text_scale=9000))
    assert settings.load().theme == "dark"


def test_a_full_disk_leaves_the_old_file(monkeypatch: pytest.MonkeyPatch) -> None:
    settings.save(Settings(theme="dark"))

    def full(_descriptor: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        settings.save(Settings(theme="light"))
    assert settings.load().theme == "dark"
    assert [file.name for file in settings.config_folder().iterdir()] == ["settings.json"]


def test_settings_have_no_place_for_a_secret() -> None:
    names = {*Settings.__struct_fields__, *ServerAddress.__struct_fields__, *Telephone.__struct_fields__}
    assert not {name for name in names if any(word in name for word in ("password", "secret", "key", "token"))}
