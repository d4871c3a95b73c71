"""Saved column mappings: the bank's own columns, codes and forms; slips are named before any row is read."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from resources import resource
from workstation.desk.importing import Kind, load_mapping, preview
from workstation.desk.importing.mapping import FIELDS
from workstation.domain.errors import InputError

AS_OF = date(2026, 11, 23)
BANK = """
[options]
bank = "华东商业银行"
currency = "EUR"
decimal = ","
grouping = "."
date_format = "%d.%m.%Y"
case_prefix = "HD-"

[contact]
phone = "95000"

[book.columns]
reference = "客户号"
name = "姓名"
sex = "性别"
account_number = "卡号"
principal = "本金"
first_unpaid_due = "应还日"
mobile = "手机"

[book.codes.sex]
"男" = "male"
"女" = "female"

[book.constants]
city = "杭州"
"""


def _saved(home: Path, text: str, name: str = "bank") -> str:
    folder = home / "mappings"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{name}.toml").write_text(text, "utf-8")
    return name


def test_a_banks_own_columns_codes_and_forms(workstation_home: Path, tmp_path: Path) -> None:
    name = _saved(workstation_home, BANK)
    path = tmp_path / "book.csv"
    path.write_text("客户号;姓名;性别;卡号;本金;应还日;余项\nK1;王晓明;男;622848;41.280,50;05.09.2026;x\n", "gb18030")
    read = preview(path, "book", name, as_of=AS_OF)
    assert read.errors == ()
    assert (read.ignored, read.absent) == (("余项",), ("手机",))
    debtor, balance = read.first["debtor"][0], read.first["balance_snapshot"][0]
    assert debtor[3:5] + debtor[8:9] == ("王晓明", "male", "杭州")
    assert balance[3:5] + balance[9:] == (AS_OF, 4_128_050, 3)
    assert read.first["account"][0][6] == date(2026, 9, 5)
    assert read.first["cases"][0][2] == "HD-K1"
    assert read.first["book"][0][1:4] == ("华东商业银行", "book", "EUR")


@pytest.mark.parametrize(
    ("wrong", "word"),
    [
        ('bank = "x', "cannot be read"),
        ('[options]\ncolour = "red"', "colour"),
        ('[options]\ncurrency = "XXX"\n[book.columns]\nname = "n"', "XXX"),
        ('[options]\ndecimal = ","\n[book.columns]\nname = "n"', "same character"),
        ('[options]\ndaily_rate = "5%"\n[book.columns]\nname = "n"', "daily rate"),
        ('[options]\ntime_zone = "Mars/Olympus"\n[book.columns]\nname = "n"', "Mars/Olympus"),
        ('[book.columns]\nnmae = "n"', "nmae"),
        ('[book.columns]\nname = ["a", "b"]', "one column for each"),
        ('[payments.columns]\namount = "a"', "no part for book"),
    ],
)
def test_a_slip_in_a_mapping_is_named(workstation_home: Path, wrong: str, word: str) -> None:
    with pytest.raises(InputError, match=word):
        load_mapping(_saved(workstation_home, wrong), "book")


@pytest.mark.parametrize("name", ["", "../secrets", "a/b", "x" * 61, "absent"])
def test_a_name_that_is_no_mapping_is_refused(name: str) -> None:
    with pytest.raises(InputError, match="mapping"):
        load_mapping(name, "book")


def test_a_persons_mapping_comes_before_the_shipped_one(workstation_home: Path) -> None:
    _saved(workstation_home, BANK, "standard")
    assert load_mapping("standard", "book").options.bank == "华东商业银行"


@pytest.mark.parametrize("kind", ["book", "payments", "balances"])
def test_the_standard_mapping_names_every_field(kind: Kind) -> None:
    assert set(load_mapping("standard", kind).sheet.columns) == set(FIELDS[kind])


def test_every_shipped_mapping_can_be_read() -> None:
    names = [entry.name.removesuffix(".toml") for entry in resource("mappings").iterdir()]
    assert {"standard", "uci-credit-card"} <= set(names)
    for name in names:
        assert load_mapping(name, "book").name == name
