"""What is put into a letter is found in its PDF, by two readers."""

from __future__ import annotations

from io import BytesIO

import pypdf
import pypdfium2
import pytest

from letters.render import render

LETTERS = [(t, lang) for t in ("reminder", "demand", "plan_agreement") for lang in ("zh_CN", "en")]
MONEY = {"zh_CN": "人民币{}元", "en": "CNY {}"}


def squeezed(text: str) -> str:
    return "".join(text.split())


def expected(context):
    """Every value a person gave, as it must stand on paper."""
    bank, debtor = context["bank"], context["debtor"]
    chinese = context["language"] == "zh_CN"
    yield from (debtor["name"], debtor["address"], debtor["postcode"], context["case_number"])
    yield from (bank[key] for key in ("name", "department", "address", "phone", "complaint_phone", "website"))
    yield "2026年11月23日" if chinese else "23 November 2026"
    yield from (account["card_tail"] for account in context["accounts"])
    yield from ("41,280.00", "5,102.44", "2,230.83", "12.00", context["free_paragraph"])
    yield MONEY[context["language"]].format("48,625.27")
    yield "人民币肆万捌仟陆佰贰拾伍元贰角柒分"
    if context["template"] == "plan_agreement":
        yield from ("1,600.00", "2029年4月28日" if chinese else "28 April 2029")
        yield MONEY[context["language"]].format("46,900.00")  # 29 × 1,600 and the first 500
        yield MONEY[context["language"]].format("500.00")
        yield "46,400.00"
    else:
        yield "2026年12月3日" if chinese else "3 December 2026"
        yield from (bank["email"], bank["app"])


@pytest.mark.parametrize(("template", "language"), LETTERS)
def test_every_value_is_found_by_pypdf(context, read_back, template, language):
    given = context(template, language)
    text = read_back(render(given).pdf)
    assert [value for value in expected(given) if squeezed(value) not in text] == []


@pytest.mark.parametrize(("template", "language"), LETTERS)
def test_every_value_is_found_by_poppler(context, poppler, template, language):
    given = context(template, language)
    text = squeezed(poppler(render(given).pdf, "-raw"))
    assert [value for value in expected(given) if squeezed(value) not in text] == []


@pytest.mark.parametrize(("template", "language"), LETTERS)
def test_pages_are_numbered_out_of_their_count(context, template, language):
    made = render(context(template, language, number=8))
    pages = pypdf.PdfReader(BytesIO(made.pdf)).pages
    assert made.pages == len(pages)
    word = "第{}页，共{}页" if language == "zh_CN" else "Page{}of{}"
    for number, page in enumerate(pages, 1):
        assert word.format(number, len(pages)) in squeezed(page.extract_text())


def test_accounts_are_listed_with_component_totals(context, poppler):
    made = render(context(number=8))
    rows = poppler(made.pdf, "-layout").splitlines()
    last = next(row for row in rows if row.split()[:1] == ["4828"])
    assert last.split() == ["4828", "41,287.00", "5,102.44", "2,230.83", "12.00", "48,632.27"]
    total = next(row for row in rows if row.split()[:1] == ["合计"])
    assert total.split() == ["合计", "330,268.00", "40,819.52", "17,846.64", "96.00", "389,030.16"]


def test_title_language_and_author_are_set(context):
    reader = pypdf.PdfReader(BytesIO(render(context()).pdf))
    assert reader.metadata.title == "信用卡逾期欠款催收函 JN-2026-004821"
    assert reader.metadata.author == "江南示范银行股份有限公司"
    assert reader.metadata.creation_date.date().isoformat() == "2026-11-23"
    assert reader.trailer["/Root"]["/Lang"] == "zh-CN"
    assert reader.trailer["/Root"]["/ViewerPreferences"]["/DisplayDocTitle"]


def test_a_bank_s_own_sentences_replace_the_template_s(context, read_back):
    given = context()
    given["bank"] |= {"how_to_pay": "请到任一柜台还款", "how_to_object": "请写信给消费者权益保护部"}
    text = read_back(render(given).pdf)
    assert "请到任一柜台还款" in text
    assert "请写信给消费者权益保护部" in text
    assert "31006600000012345" not in text


def test_yen_have_no_decimals_and_no_chinese_capitals(context, read_back):
    given = context("demand", "en", currency="JPY", number=0)
    given["accounts"] = [{"card_tail": "1234", "balance": {"principal": "48613"}}]
    text = read_back(render(given).pdf)
    assert "JPY48,613" in text
    assert "capitals" not in text


@pytest.mark.parametrize("many", [2, 6, 7])
def test_an_agreement_over_several_accounts_says_what_goes_to_each(context, read_back, many):
    made = context("plan_agreement", "en", many)
    tails = [account["card_tail"] for account in made["accounts"]]
    for n, row in enumerate(made["plan"]["schedule"]):
        row["shares"] = [{"card_tail": tail, "amount": f"{200 + at}.{n:02}"} for at, tail in enumerate(tails)]
    made["plan"]["waived_parts"] = {"penalty": "2200.83", "interest": "30.00"}
    made["plan"]["accrued"] = "144.48"
    made["plan"]["consent"] = "recorded"
    made["plan"]["recording"] = "R-77"
    told = read_back(render(made).pdf)
    assert all(tail in told for tail in tails)
    assert ("201.07" in told) == (many <= 6), "of more accounts than fit side by side only the sums"
    sums = [29 * (200 + at) + sum(range(29)) / 100 for at in range(many)]
    assert all(f"{amount:,.2f}" in told for amount in sums)
    assert "namelyInterestCNY30.00,LatepaymentchargeCNY2,200.83" in told
    assert "CNY144.48fromthatdatetothefirstduedate" in told
    assert "recordingR-77" in told


def test_what_nobody_recorded_is_left_out(context, read_back):
    told = read_back(render(context("plan_agreement", "en")).pdf)
    assert "namely" not in told
    assert "orally" in told
    assert "recording." not in told


MIXED = "于2026年12月3日前（含当日）还CNY 1,600.00；𠮷先生的“O’Brien & Co.”账户4821，见§ 1006.34。"


@pytest.mark.parametrize("language", ["zh_CN", "en"])
@pytest.mark.parametrize("way", ["pypdf", "poppler", "poppler raw", "pdfium"])
def test_mixed_text_is_copied_as_it_was_written(context, poppler, language, way):
    """Also the air between Han and Latin and narrow punctuation: no blank that nobody wrote, none lost."""
    pdf = render(context("reminder", language, free_paragraph=MIXED)).pdf
    match way:
        case "pypdf":
            text = "\n".join(page.extract_text() for page in pypdf.PdfReader(BytesIO(pdf)).pages)
        case "pdfium":
            text = "\n".join(page.get_textpage().get_text_bounded() for page in pypdfium2.PdfDocument(pdf))
        case _:
            text = poppler(pdf, "-raw" if way == "poppler raw" else "-layout")
    words = MIXED.split()  # a line may end at a blank
    flat = " ".join(text.replace("\r", "").split())
    at = [flat.replace("\n", "").find(word) for word in words]
    joined = "".join(flat.split(" "))
    assert MIXED.replace(" ", "") in joined
    assert sum(place >= 0 for place in at) >= len(words) - 1, "one of them may lie over two lines"
