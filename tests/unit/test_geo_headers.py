"""Finding our fields among a file's columns, and reading cells."""

import numpy as np
import pytest

from gridmgr.errors import BadInput
from gridmgr.geo.attributes import code_texts, kind_of, lost_digits, risk_of, visits_of
from gridmgr.geo.headers import FIELDS, exchange_misnamed, field_names, match_columns, parse_mapping

CHINESE = (
    "村代码",
    "村名称",
    "乡镇代码",
    "乡镇名称",
    "县代码",
    "县名称",
    "类型",
    "风险等级",
    "每周巡查次数",
)


@pytest.mark.parametrize("headers", [FIELDS, CHINESE])
def test_the_contracts_headers_are_found_in_any_order(headers: tuple[str, ...]) -> None:
    """English and Chinese, backwards, with nothing left over."""
    found = match_columns(headers[::-1])
    assert found.columns == dict(zip(FIELDS, headers, strict=True))
    assert found.unknown == ()
    assert found.warnings == ()


@pytest.mark.parametrize(
    ("columns", "expected"),
    [
        (("CUNDM", "CUNMC", "XZDM"), {"code": "CUNDM", "name": "CUNMC"}),
        (("XZQDM", "XZQMC", "BSM"), {"code": "XZQDM", "name": "XZQMC"}),
        (("VILLCODE", "VILLNAME", "TOWNCODE"), {"township_code": "TOWNCODE"}),
        (
            ("ADM4_PCODE", "ADM4_EN", "ADM3_PCODE", "ADM3_EN"),
            {"code": "ADM4_PCODE", "township_name": "ADM3_EN"},
        ),
        (("adm4_psgc", "adm4_en", "adm3_psgc"), {"code": "adm4_psgc", "township_code": "adm3_psgc"}),
        (("CUN", "cun", "xiang", "xiang_name"), {"code": "CUN", "name": "cun", "township_code": "xiang"}),
        (("Code", " NAME "), {"code": "Code", "name": " NAME "}),
        (("村代码", "NAME", "村名称"), {"name": "村名称"}),
    ],
)
def test_names_of_provinces_and_national_data_sets_are_found(
    columns: tuple[str, ...], expected: dict[str, str]
) -> None:
    """The particular before the general, exact before any case."""
    found = match_columns(columns).columns
    assert expected.items() <= found.items()


@pytest.mark.parametrize(
    ("column", "field"),
    [
        ("乡镇代", "township_code"),
        ("乡镇名", "township_name"),
        ("township_c", "township_code"),
        ("township_n", "township_name"),
        ("required_v", "required_visits_per_week"),
        ("每周巡查次", "required_visits_per_week"),
        ("每周巡", "required_visits_per_week"),
        ("风险等", "risk"),
    ],
)
def test_names_a_dbf_has_cut_are_found(column: str, field: str) -> None:
    """10 bytes in UTF-8 hold three characters, in GBK five."""
    assert match_columns(("code", "name", column)).columns[field] == column


def test_no_name_stands_for_two_fields() -> None:
    """Else the field's order would decide in silence."""
    names = [name for words in field_names().values() for name in words]
    assert sorted(names) == sorted(set(names))


def test_a_second_column_for_a_field_is_a_warning_and_is_reported_unused() -> None:
    """村代码 is better than BSM; the user is told."""
    found = match_columns(("BSM", "村代码", "村名称", "人口"))
    assert found.columns["code"] == "村代码"
    assert [note.key for note in found.warnings] == ["geo.ambiguous_column"]
    assert found.unknown == ("BSM", "人口")


def test_the_users_mapping_wins() -> None:
    """A column of another name, a constant, and a field to leave out."""
    mapping = parse_mapping(["name=小名", "township_code==330102001", "kind="])
    found = match_columns(("村代码", "村名称", "小名", "类型"), mapping=mapping)
    assert found.columns == {"code": "村代码", "name": "小名"}
    assert found.constants == {"township_code": "330102001"}


@pytest.mark.parametrize("item", ["name", "colour=x", "name=不存在"])
def test_a_mapping_that_means_nothing_is_refused(item: str) -> None:
    """No equals sign, no such field, no such column."""
    with pytest.raises(BadInput):
        match_columns(("村代码", "村名称"), mapping=parse_mapping([item]))


def test_codes_under_a_names_header_are_exchanged() -> None:
    """Some provinces' files have 县区码 hold names and the other way round."""
    columns = {
        "村代码": np.array(["330102001001"], dtype=object),
        "村名称": np.array(["思源里"], dtype=object),
        "QXDM": np.array(["西湖区"], dtype=object),
        "QXMC": np.array(["330106"], dtype=object),
    }
    found = exchange_misnamed(match_columns(tuple(columns)), columns)
    assert (found.columns["county_code"], found.columns["county_name"]) == ("QXMC", "QXDM")
    assert [note.key for note in found.warnings] == ["geo.exchanged"]


def test_what_the_user_mapped_is_never_exchanged() -> None:
    """Even where the values look wrong."""
    columns = {"QXDM": np.array(["西湖区"], dtype=object), "QXMC": np.array(["330106"], dtype=object)}
    mapping = {"county_code": "QXDM", "county_name": "QXMC"}
    found = exchange_misnamed(match_columns(tuple(columns), mapping=mapping), columns)
    assert found.columns == mapping


@pytest.mark.parametrize(
    ("values", "text"),
    [
        (np.array([330102001001]), "330102001001"),
        (np.array([330102001001.0]), "330102001001"),
        (np.array([1.1e11]), "110000000000"),
        (np.array([np.nan]), ""),
        (np.array(["330102001001.0"], dtype=object), "330102001001"),
        (np.array(["330102001001.000000"], dtype=object), "330102001001"),
        (np.array(["3.30102001001E+11"], dtype=object), "330102001001"),
        (np.array(["0110100001"], dtype=object), "0110100001"),
        (np.array([" ３３０１０２ "], dtype=object), "330102"),
        (np.array(["E13"], dtype=object), "E13"),
        (np.array(["1e5"], dtype=object), "1e5"),
        (np.array(["TW-65.10"], dtype=object), "TW-65.10"),
        (np.array([None], dtype=object), ""),
    ],
)
def test_codes_are_text_whatever_the_file_stores(values: np.ndarray, text: str) -> None:
    """Integers, floats, text with a decimal point, scientific notation, leading zeros, full width."""
    assert code_texts(values) == [text]


def test_digits_lost_to_scientific_notation_are_noticed() -> None:
    """3.3E+11 cannot be brought back; 3.30102001001E+11 can."""
    assert lost_digits(np.array(["3.3E+11", "3.30102001001E+11", "330102001001"], dtype=object)) == [0]


def test_kinds_risks_and_visits_as_people_write_them() -> None:
    """Known words are taken, blanks have a default, anything else is None."""
    assert kind_of("社区", name="x") == "community"
    assert kind_of("", name="河东社区") == "community"
    assert kind_of("", name="红旗村") == "village"
    assert kind_of("湖", name="x") is None
    assert [risk_of(text) for text in ("A", "b级", "低", "", "D")] == ["A", "B", "C", "C", None]
    assert [visits_of(text) for text in ("0", "3", "3.0", "21", "22", "-1", "2.5", "两次")] == [
        0, 3, 3, 21, None, None, None, None,
    ]  # fmt: skip
