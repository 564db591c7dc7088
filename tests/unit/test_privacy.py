"""No telephone or ID number survives masking, however it is written; ordinary words do."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gridmgr.domain.privacy import MASK, mask

#: How people write digits: plain, full-width, in Chinese, in banker's Chinese, in circles, mathematical bold.
STYLES = (
    "0123456789",
    "０１２３４５６７８９",
    "零一二三四五六七八九",
    "〇壹贰叁肆伍陆柒捌玖",
    "⓪①②③④⑤⑥⑦⑧⑨",
    "𝟎𝟏𝟐𝟑𝟒𝟓𝟔𝟕𝟖𝟗",
)
NUMERALS = {sign: str(value) for style in STYLES for value, sign in enumerate(style)} | {"幺": "1"}
#: What they put between them.
GAPS = st.text(alphabet=" -\u2014\u2013\uff0d.·\u3000\t,/()（）_\u200b\u00a0~*", max_size=3)
#: Words around it, without digits of their own.
WORDS = st.text(alphabet="村口有人倒垃圾请快来管，。电话是 \n", max_size=12)

MOBILE = st.from_regex(r"1[3-9]\d{9}", fullmatch=True)
LANDLINE = st.from_regex(r"0\d{2,3}[2-9]\d{6,7}", fullmatch=True)
LOCAL = st.from_regex(r"[2-9]\d{6,7}", fullmatch=True)
SERVICE = st.from_regex(r"[48]00\d{7}", fullmatch=True)
BANK = st.from_regex(r"62\d{14,17}", fullmatch=True)
OLD_ID = st.from_regex(r"[1-6]\d{5}\d\d(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])\d{3}", fullmatch=True)


@st.composite
def id_numbers(draw: st.DrawFn) -> str:
    """A valid ID number of 18 signs: region, birthday, sequence, check sign (GB 11643)."""
    body = draw(
        st.from_regex(r"[1-6]\d{5}(19|20)\d\d(0[1-9]|1[0-2])(0[1-9]|1\d|2[0-8])\d{3}", fullmatch=True)
    )
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    total = sum(int(digit) * weight for digit, weight in zip(body, weights, strict=True))
    return body + "10X98765432"[total % 11]


NUMBERS = st.one_of(MOBILE, LANDLINE, LOCAL, SERVICE, BANK, OLD_ID, id_numbers())


def digits_in(text: str) -> str:
    """All digits of a text in ASCII, whatever stands between them."""
    found = []
    for sign in text:
        value = unicodedata.digit(sign, None)
        found.append(str(value) if value is not None else NUMERALS.get(sign, ""))
    return "".join(found)


@given(NUMBERS, st.sampled_from(STYLES), st.data(), WORDS, WORDS)
def test_no_number_survives_in_any_form(
    number: str, style: str, data: st.DataObject, before: str, after: str
):
    """Not one of its digits is left, in any style of digit, with any usual thing between them."""
    shown = "".join((style[int(sign)] if sign.isdigit() else sign) + data.draw(GAPS) for sign in number[:-1])
    shown += style[int(number[-1])] if number[-1].isdigit() else data.draw(st.sampled_from("XxＸｘ"))
    masked = mask(f"{before}{shown}{after}")
    assert digits_in(masked) == ""
    assert MASK in masked


@given(MOBILE, MOBILE)
def test_two_numbers_in_a_row_are_both_hidden(one: str, other: str) -> None:
    """Whatever separates them."""
    for between in (" ", "，", "或", "/", ""):
        assert digits_in(mask(f"电话{one}{between}{other}")) == ""


@given(st.text(max_size=200))
def test_nothing_but_what_is_hidden_changes(text: str) -> None:
    """The parts between the gaps stand in the text, in this order."""
    place = 0
    for part in mask(text).split(MASK):
        found = text.find(part, place)
        assert found >= place
        place = found + len(part)


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("我叫王秀英，电话13800001234，住在东村3号", "我叫***，电话***，住在东村***"),
        ("联系人：李伟 手机１３８ ０００ ０１２３４", "联系人：*** 手机***"),
        ("姓名:阿依古丽·买买提", "姓名:***"),
        ("本人张三丰反映，欧阳修先生倒垃圾", "本人***反映，***先生倒垃圾"),
        ("李主任说不管，王老板的店", "***主任说不管，***老板的店"),
        ("货车豫A12345、豫A·D12345和豫Ａ　１２３４挂", "货车***、***和***"),
        ("微信号 abc_123456 找我，QQ：10001", "微信号 *** 找我，QQ：***"),
        ("发到zhang.san@example.com", "发到***"),
        ("My name is Zhang San and I live here", "My name is *** and I live here"),
    ],
)
def test_what_names_somebody_is_hidden(text: str, masked: str) -> None:
    """Names where the text gives them away, plates, accounts."""
    assert mask(text) == masked


@pytest.mark.parametrize(
    "text",
    [
        "村口倒了3车垃圾，2026-11-26 13:45开始的，到2026/11/27还在",
        "2026年11月26日上午8点30分有人偷倒",
        "花园路小学旁边，第一、二、三村",
        "每天下午5点到8点，小区门口炒菜，油烟很大",
        "占地约1200平方米，离国道50米",
        "村民反映情况，业主在装修，房东说不管",
        "砂石厂张贴公告某日停电，小区老板不在",
    ],
)
def test_ordinary_words_stay_as_they_are(text: str) -> None:
    """Dates, times, amounts, trades."""
    assert mask(text) == text
