"""The same letters by other means: a bare reportlab canvas, WeasyPrint, Word and LibreOffice; one page each."""

from __future__ import annotations

import html
import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from string import Template
from typing import Any

from letters import context as contexts
from letters import render as rendering
from letters import templates
from letters.fonts import BOLD, REGULAR, Cell, Faces
from letters.layouts import CURRENT
from letters.pen import INK, Colour, Pen
from resources import resource
from tests.letters.batches import NAMES

HERE = Path(__file__).parent
BANK = {
    "name": "江南示范银行股份有限公司",
    "address": "上海市浦东新区世纪大道1000号示范大厦12层",
    "postcode": "200120",
    "phone": "400-000-1234",
    "website": "www.bank.example",
}


def letter(n: int) -> dict[str, Any]:
    """The n-th of the measured letters: one page, a table of three accounts, a QR code to pay by."""
    return {
        "template": "measured",
        "language": "zh_CN",
        "jurisdiction": "zh-CN",
        "date": "2026-11-23",
        "pay_by": "2026-12-03",
        "case_number": f"JN-2026-{n:06}",
        "debtor": {
            "name": NAMES[n % 24] + NAMES[n * 7 % 24] + NAMES[n * 11 % 24],
            "address": f"浙江省杭州市西湖区文三路{n}号科技大厦A座{n % 30 + 1}室",
            "postcode": f"{310000 + n * 37 % 20000}",
            "sex": ("male", "female")[n % 2],
        },
        "bank": BANK,
        "accounts": [
            {
                "card_tail": f"{(n * 3 + at) % 10000:04}",
                "balance": {"principal": f"{41280 + n + at}.00", "interest": "5102.44", "penalty": "2230.83"},
                "first_unpaid_due": "2026-09-06",
            }
            for at in range(3)
        ],
        "payment_code": f"https://pay.bank.example/card?case=JN-2026-{n:06}&amount={41280 + n}.00",
    }


def with_template(patch: Callable[[Any, str, Any], None]) -> None:
    """Let the program know the measured template; `patch` sets an attribute until the test ends."""
    known = (*templates._all(), templates.parse((HERE / "measured.zh_CN.toml").read_text("utf-8")))
    patch(templates, "_all", lambda: known)


@dataclass
class Drawn:
    """What a letter's page shows, as it was drawn: strings in their places, lines, the code."""

    texts: list[tuple[str, float, float, str, float, Colour, float]] = field(default_factory=list)
    lines: list[tuple[float, float, float, float, float, Colour]] = field(default_factory=list)
    squares: list[tuple[float, float, float, Sequence[Sequence[int]]]] = field(default_factory=list)
    pages: int = 0


class _Watching(Pen):
    """Notes what is drawn; each run of one face is one string, as on a canvas."""

    def __init__(self, faces: Faces, drawn: Drawn) -> None:
        self._faces, self._drawn = faces, drawn

    def turn(self) -> None:
        self._drawn.pages += 1

    def text(
        self, cells: Sequence[Cell], x: float, y: float, size: float, colour: Colour = INK, stretch: float = 0.0
    ) -> None:
        run, start, face = "", x, -1
        for cell in cells:
            bold = cell.face == 1
            if run and (int(bold) != face or cell.gap):
                self._drawn.texts.append((run, start, y, BOLD if face else REGULAR, size, colour, stretch))
                run, start = "", x
            face = int(bold)
            run += cell.char
            x += cell.advance * size / 1000 + (0.0 if cell.gap else stretch)
        if run:
            self._drawn.texts.append((run, start, y, BOLD if face else REGULAR, size, colour, stretch))

    def line(self, x1: float, y1: float, x2: float, y2: float, width: float = 0.5, colour: Colour = INK) -> None:
        self._drawn.lines.append((x1, y1, x2, y2, width, colour))

    def squares(self, x: float, y: float, size: float, rows: Sequence[Sequence[int]]) -> None:
        self._drawn.squares.append((x, y, size, rows))

    def ring(self, x: float, y: float, radius: float, colour: Colour = INK) -> None:
        """Left out: a circle is not what is measured."""


def drawn(n: int) -> Drawn:
    """The letter's page as the program draws it."""
    template = templates.find("measured", "zh_CN", "zh-CN")
    letter_ = rendering._composed(contexts.read_context(letter(n)), template, CURRENT)
    found = Drawn()
    letter_.draw(_Watching(letter_.setting.faces, found))
    return found


def register() -> None:
    """The faces as reportlab knows them, under their own names."""
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.ttfonts import TTFont

    for name in (REGULAR, BOLD):
        pdfmetrics.registerFont(TTFont(f"Bare-{name}", BytesIO(resource(f"fonts/{name}.ttf").read_bytes())))


def bare(out: Any, letters: Iterator[Drawn]) -> None:
    """Every letter on a page of one canvas, which subsets its fonts when it is saved."""
    from reportlab.pdfgen.canvas import Canvas

    canvas = Canvas(out, pagesize=(595.28, 841.89), pageCompression=1)
    for each in letters:
        for x1, y1, x2, y2, width, colour in each.lines:
            canvas.setStrokeColorRGB(*colour)
            canvas.setLineWidth(width)
            canvas.line(x1, y1, x2, y2)
        for x, y, size, rows in each.squares:
            path = canvas.beginPath()
            for down, row in enumerate(rows):
                for at, dark in enumerate(row):
                    if dark:
                        path.rect(x + at * size, y - (down + 1) * size, size, size)
            canvas.setFillColorRGB(0, 0, 0)
            canvas.drawPath(path, stroke=0, fill=1)
        for text, x, y, name, size, colour, stretch in each.texts:
            canvas.setFillColorRGB(*colour)
            canvas.setFont(f"Bare-{name}", size)
            canvas.drawString(x, y, text, charSpace=stretch)
        canvas.showPage()
    canvas.save()


def web_page(n: int) -> str:
    """The letter as a page of the web, for WeasyPrint: the same sentences, table and code."""
    from letters.qr import modules

    given = letter(n)
    rows = modules(given["payment_code"])
    side = len(rows)
    path = "".join(f"M{at} {down}h1v1h-1z" for down, row in enumerate(rows) for at, dark in enumerate(row) if dark)
    table = "".join(
        f"<tr><td>{account['card_tail']}<td>{account['balance']['principal']}<td>{account['balance']['interest']}"
        f"<td>{account['balance']['penalty']}</tr>"
        for account in given["accounts"]
    )
    name, address = html.escape(given["debtor"]["name"]), html.escape(given["debtor"]["address"])
    said = "</p><p>".join(html.escape(text) for text in sentences(n))
    pattern = Template((HERE / "measured.html").read_text("utf-8"))
    return pattern.substitute(
        regular=_font(REGULAR),
        bold=_font(BOLD),
        bank=BANK["name"],
        bank_address=BANK["address"],
        postcode=given["debtor"]["postcode"],
        address=address,
        name=name,
        number=given["case_number"],
        said=said,
        rows=table,
        side=side,
        path=path,
    )


def sentences(n: int) -> list[str]:
    given = letter(n)
    cards = "、".join(account["card_tail"] for account in given["accounts"])
    person, bank = given["debtor"]["name"], BANK["name"]
    return [
        (
            f"感谢您使用{bank}信用卡。我们注意到，{person}（您）名下卡号末四位为{cards}的信用卡账户尚未收到足额还款，也许只是一时疏忽。"
            "截至2026年11月23日，应还款项合计如下："
        ),
        (
            "请您于2026年12月3日前（含当日）还清，以免继续产生利息和费用。如还款确有困难，请尽早与我们联系，商量适合您的还款安排。"
            "如您已经还款，请不必理会本函。"
        ),
        f"请扫描二维码，或致电{BANK['phone']}查询账单并还入您的信用卡账户。请勿将款项交给任何个人。",
    ]


def _font(name: str) -> str:
    return str(resource(f"fonts/{name}.ttf"))


def word_files(folder: Path, numbers: Sequence[int]) -> list[Path]:
    """The letters as Word files, one each."""
    from docx import Document
    from docx.oxml.ns import qn
    from docx.shared import Pt

    found = []
    for n in numbers:
        given, document = letter(n), Document()
        style = document.styles["Normal"]
        style.font.name, style.font.size = "Noto Sans SC", Pt(10.5)
        style.element.rPr.rFonts.set(qn("w:eastAsia"), "Noto Sans SC")
        for text in (BANK["name"], BANK["address"], given["debtor"]["postcode"], given["debtor"]["address"]):
            document.add_paragraph(text)
        document.add_heading("信用卡还款提醒函", 1)
        for text in sentences(n):
            document.add_paragraph(text)
        table = document.add_table(rows=1, cols=4)
        for cell, text in zip(table.rows[0].cells, ("卡号末四位", "本金", "利息", "违约金"), strict=True):
            cell.text = text
        for account in given["accounts"]:
            balance = account["balance"]
            figures = (account["card_tail"], balance["principal"], balance["interest"], balance["penalty"])
            for cell, text in zip(table.add_row().cells, figures, strict=True):
                cell.text = text
        document.add_picture(_picture(n), width=Pt(71))
        path = folder / f"{n:04}.docx"
        document.save(str(path))
        found.append(path)
    return found


def _picture(n: int) -> BytesIO:
    from PIL import Image

    from letters.qr import modules

    rows = modules(letter(n)["payment_code"])
    image = Image.new("1", (len(rows), len(rows)), 1)
    for down, row in enumerate(rows):
        for at, dark in enumerate(row):
            if dark:
                image.putpixel((at, down), 0)
    out = BytesIO()
    image.resize((len(rows) * 4, len(rows) * 4)).save(out, "PNG")
    out.seek(0)
    return out


def writer_installed() -> bool:
    """Is LibreOffice here with its Writer? `tools/setup bench` installs it."""
    office = shutil.which("soffice")
    if office is None:
        return False
    with tempfile.TemporaryDirectory() as folder:
        (probe,) = word_files(Path(folder), [0])
        converted(Path(folder), [probe])
        return probe.with_suffix(".pdf").exists()


def converted(folder: Path, files: Sequence[Path]) -> None:
    """All of them by one start of LibreOffice."""
    profile = (folder / "profile").as_uri()
    fonts = folder / "data" / "fonts"
    fonts.mkdir(parents=True)
    for name in (REGULAR, BOLD):  # where the system's font library looks
        shutil.copy(_font(name), fonts)
    subprocess.run(
        ["soffice", f"-env:UserInstallation={profile}", "--headless", "--convert-to", "pdf", "--outdir", str(folder)]
        + [str(path) for path in files],
        check=True,
        capture_output=True,
        env={**os.environ, "XDG_DATA_HOME": str(fonts.parent)},
    )
