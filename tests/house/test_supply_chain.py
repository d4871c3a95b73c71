"""Every part of the shipped program is pinned, known and allowed; a package or a file that was changed is noticed."""

from __future__ import annotations

import base64
import copy
import hashlib
import importlib.util
import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path
from types import ModuleType

import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

ROOT = Path(__file__).resolve().parents[2]


def load() -> ModuleType:
    spec = importlib.util.spec_from_file_location("supply_chain", ROOT / "tools" / "supply_chain.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


chain = load()


def test_every_package_of_the_program_is_pinned_by_hash() -> None:
    lock = chain.locked()
    assert {"pyside6-essentials", "sqlcipher3", "keyring", "argon2-cffi"} <= set(lock)
    assert all(pinned["hashes"] for pinned in lock.values())


@pytest.mark.parametrize("package", sorted(chain.locked()))
def test_the_licence_of_a_package_is_allowed(package: str) -> None:
    decided = chain.rules()
    chain.check(package, chain.licence_of(package, decided), decided)


def test_native_parts_are_known_and_allowed_or_left_out() -> None:
    decided = chain.rules()
    found = sorted(set(chain.libraries()))
    assert len(found) > 20
    for package, library in found:
        licence = chain.native_licence(library, decided)
        if not library.startswith(tuple(decided["left_out"])):
            chain.check(f"{package}: {library}", licence, decided)
    recipe = (ROOT / "build.spec").read_text("utf-8")
    assert '["left_out"]' in recipe, "what is left out is read by the recipe of the package"


@pytest.mark.parametrize(
    ("expression", "chosen"),
    [
        ("MIT", "MIT"),
        ("LGPL-3.0-only OR GPL-2.0-only OR GPL-3.0-only", "LGPL-3.0-only"),
        ("GPL-3.0-only OR MIT", "MIT"),
        ("MPL-2.0 AND MIT", "MPL-2.0 AND MIT"),
        ("GPL-3.0-or-later WITH GCC-exception-3.1", "GPL-3.0-or-later WITH GCC-exception-3.1"),
        ("GPL-3.0-only", None),
        ("MIT AND GPL-3.0-only", None),
        ("AGPL-3.0-or-later", None),
        ("See licence.txt", None),
        ("", None),
    ],
)
def test_what_is_allowed(expression: str, chosen: str | None) -> None:
    decided = chain.rules()
    if chosen is None:
        with pytest.raises(chain.LicenceError):
            chain.check("part", expression, decided)
    else:
        assert chain.check("part", expression, decided) == chosen


def test_an_undecided_package_or_library_fails() -> None:
    decided = copy.deepcopy(chain.rules())
    del decided["packages"]["sqlcipher3"]
    with pytest.raises(chain.LicenceError):
        chain.check("sqlcipher3", chain.licence_of("sqlcipher3", decided), decided)
    with pytest.raises(chain.LicenceError):
        chain.native_licence("libunheardof", decided)


def test_the_bill_of_materials_is_valid_whole_and_the_same_twice() -> None:
    made = chain.sbom()
    text = json.dumps(made)
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(text) is None
    assert json.dumps(chain.sbom()) == text
    names = {each["name"]: each for each in made["components"]}
    assert set(chain.locked()) <= set(names)
    for bundled in ("SQLCipher", "SQLite", "Qt", "OpenSSL", "PostgreSQL", "PDFium"):
        assert names[bundled]["version"][0].isdigit(), bundled
    for font in ("NotoSansSC-Regular.ttf", "NotoSansSC-Bold.ttf"):
        digest = hashlib.sha256((ROOT / "resources" / "fonts" / font).read_bytes()).hexdigest()
        assert names[font]["hashes"] == [{"alg": "SHA-256", "content": digest}]
    assert not [name for name in names if names[name]["licenses"][0]["expression"] == "GPL-3.0-only"]


def wheel(folder: Path, content: str) -> Path:
    """A package of one module, as pip installs them."""
    path = folder / "harmless-1.0-py3-none-any.whl"
    files = {
        "harmless.py": content,
        "harmless-1.0.dist-info/METADATA": "Metadata-Version: 2.1\nName: harmless\nVersion: 1.0\n",
        "harmless-1.0.dist-info/WHEEL": "Wheel-Version: 1.0\nGenerator: t\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    record = "".join(
        f"{name},sha256={base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).rstrip(b'=').decode()},{len(text)}\n"
        for name, text in files.items()
    )
    with zipfile.ZipFile(path, "w") as parts:
        for name, text in files.items():
            parts.writestr(name, text)
        parts.writestr("harmless-1.0.dist-info/RECORD", record + "harmless-1.0.dist-info/RECORD,,\n")
    return path


def test_a_package_changed_on_its_way_is_not_installed(tmp_path: Path) -> None:
    """As tools/setup installs: `--require-hashes`. The changed wheel is whole and valid but for its hash."""
    made = wheel(tmp_path, "answer = 42\n")
    (tmp_path / "lock.txt").write_text(f"harmless==1.0 --hash=sha256:{hashlib.sha256(made.read_bytes()).hexdigest()}\n")

    def install(target: Path) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "pip", "--disable-pip-version-check", "install", "-q", "--no-index", "--find-links",
             str(tmp_path), "--target", str(target), "--require-hashes", "--only-binary", ":all:", "-r",
             str(tmp_path / "lock.txt")],
            env={**os.environ, "PIP_CONFIG_FILE": os.devnull}, capture_output=True, text=True, check=False,
        )  # fmt: skip

    assert install(tmp_path / "first").returncode == 0
    assert (tmp_path / "first" / "harmless.py").exists()
    wheel(tmp_path, "import os  # somebody else's\n")
    refused = install(tmp_path / "second")
    assert refused.returncode != 0
    assert "DO NOT MATCH THE HASHES" in refused.stderr
    assert not (tmp_path / "second" / "harmless.py").exists()
    assert "--require-hashes" in (ROOT / "tools" / "setup").read_text("utf-8")


def test_a_changed_missing_or_added_file_of_the_program_is_named(tmp_path: Path) -> None:
    folder = tmp_path / "workstation"
    (folder / "lib").mkdir(parents=True)
    for name, text in (("workstation", "program"), ("lib/sync.so", "native"), ("lib/资源.txt", "data")):
        (folder / name).write_text(text, "utf-8")
    (folder / chain.MANIFEST).write_text(chain.manifest(folder), "utf-8")
    assert chain.verify(folder) == []
    (folder / "lib" / "sync.so").write_text("other")
    (folder / "lib" / "资源.txt").unlink()
    (folder / "lib" / "extra.so").write_text("x")
    assert chain.verify(folder) == ["added: lib/extra.so", "changed: lib/sync.so", "missing: lib/资源.txt"]


@pytest.mark.parametrize("silent", [True, False])
def test_an_index_that_knows_newest_versions_only_is_asked_about_those(silent: bool) -> None:
    """What is locked behind the newest is named as not audited, and so is everything where nothing is ever weak."""
    lock = chain.locked()
    first, second, third, *rest = lock

    def newest(package: str) -> tuple[str, list[dict[str, object]]]:
        if package == chain.KNOWN_WEAK:
            return "2.6.1", [] if silent else [{"id": "PYSEC-2018-97"}]
        if package == first:
            return lock[first]["version"], [{"id": "PYSEC-0000-1", "fixed_in": ["99"]}]
        if package == second:
            return "999", [{"id": "PYSEC-0000-2"}]
        if package == third:
            raise OSError
        return lock[package]["version"], []

    told, behind = chain.advised(newest)
    if silent:
        assert (told, behind) == ([], list(lock))
        return
    assert behind == [f"{second} {lock[second]['version']} (newest: 999)", third]
    assert [one["name"] for one in told] == [first, *rest]
    assert [one["vulns"] for one in told if one["vulns"]] == [[{"id": "PYSEC-0000-1", "fix_versions": ["99"]}]]
