"""Files made to harm whoever opens them. Nobody's data; each is small and unpacks, or would, to something else."""

from __future__ import annotations

import zipfile
from pathlib import Path

_TYPES = (
    '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="xml" ContentType="application/xml"/>'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.'
    'sheet.main+xml"/></Types>'
)
_RELATIONS = (
    '<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    '<Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/{kind}" '
    'Target="{target}"/></Relationships>'
)
_BOOK = (
    '<?xml version="1.0"?><workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets>'
    '<sheet name="S" sheetId="1" r:id="rId1"/></sheets></workbook>'
)
HEAD = '<?xml version="1.0"?>{doctype}<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'


def cell(place: str, text: str) -> str:
    return f'<c r="{place}" t="inlineStr"><is><t>{text}</t></is></c>'


def sheet(rows: str, *, doctype: str = "", before: str = "") -> str:
    return f"{HEAD.format(doctype=doctype)}{before}<sheetData>{rows}</sheetData></worksheet>"


def workbook(path: Path, content: str | bytes, extra: dict[str, bytes] | None = None) -> Path:
    """An .xlsx with `content` as its first sheet."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as parts:
        parts.writestr("[Content_Types].xml", _TYPES)
        parts.writestr("_rels/.rels", _RELATIONS.format(kind="officeDocument", target="xl/workbook.xml"))
        parts.writestr("xl/workbook.xml", _BOOK)
        parts.writestr(
            "xl/_rels/workbook.xml.rels", _RELATIONS.format(kind="worksheet", target="worksheets/sheet1.xml")
        )
        parts.writestr("xl/worksheets/sheet1.xml", content)
        for name, data in (extra or {}).items():
            parts.writestr(name, data)
    return path


def lying(path: Path) -> Path:
    """A part of 200 MB whose directory entry says 100 bytes."""
    rows = f'<row r="1">{cell("A1", "x" * 200_000_000)}</row>'
    workbook(path, sheet(rows))
    data = bytearray(path.read_bytes())
    size = len(sheet(rows)).to_bytes(4, "little")
    while (at := data.find(size)) >= 0:
        data[at : at + 4] = (100).to_bytes(4, "little")
    path.write_bytes(data)
    return path
