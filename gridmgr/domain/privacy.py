"""Masking personal data in free text before anybody outside the office reads it.

What is masked: every number of seven or more digits however it is written (telephones, ID cards, bank cards,
QQ), e-mail addresses, WeChat and QQ names, number plates, the numbers of houses and flats, and people's
names where the text gives them away ("我叫...", "姓名：...", "...主任"). It rather masks too much: a sentence
with a gap can be read, a published telephone number cannot be taken back. Names without any such sign are not
found; whoever publishes more than a status should have a person read it first. The office's own numbers of
incidents, reports and cases stay.

Sources: GB 11643 (ID numbers: 17 digits and a digit or X), GA 36 (number plates), the numbering plan of the
mobile and fixed networks (11 digits; 3-4 of area code and 7-8; 400 and 800 numbers of 10).
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from gridmgr.domain.surnames import COMPOUND_SURNAMES

MASK = "***"
#: Roles that may ask for contact data, with a reason; all others read what people wrote masked.
CONTACT_ROLES = frozenset({"planner", "admin"})
#: Shortest row of digits that is masked: a local telephone number.
FEWEST_DIGITS = 7

_NUMERALS = {
    sign: str(value)
    for value, signs in enumerate(
        ("零〇○", "一幺壹", "二贰", "三叁", "四肆", "五伍", "六陆", "七柒", "八捌", "九玖")
    )
    for sign in signs
}
#: What people put between the digits of one number, at most so many of them.
_BETWEEN = r"[\s\-./·•,:()_+~*#|]{0,4}"
_ROW = re.compile(rf"[+(]*\d(?:{_BETWEEN}\d){{{FEWEST_DIGITS - 1},}}(?:{_BETWEEN}X(?![A-Z]))?")
#: A date, perhaps with a time, is no number to hide; nothing longer may look like one.
_DATE = re.compile(
    r"(?:19|20)\d\d([-/.])(?:0?[1-9]|1[0-2])\1(?:0?[1-9]|[12]\d|3[01])"
    r"(?: (?:[01]?\d|2[0-3])(?::[0-5]\d(?::[0-5]\d)?)?)?"
)
#: Numbers the office gave: the day and eight random hex digits.
_OWN_NUMBER = re.compile(
    r"(?<![\dA-Z])T?20\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])-[\dA-F]{8}(?![\dA-Z])"
)
_EMAIL = re.compile(r"[A-Z0-9._%+\-]+@[A-Z0-9\-]+(?:\.[A-Z0-9\-]+)+")
_CHANNEL = re.compile(
    r"(?:微信|WEIXIN|WECHAT|WX|VX|QQ|抖音|快手)(?:号|号码|ID|名)?[\s:是为叫]{0,4}([A-Z0-9][A-Z0-9_\-]{4,29})"
)
_PLATE = re.compile(
    r"[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼使领][\s\-·•.]{0,2}[A-Z]"
    r"(?:[\s\-·•.]{0,2}[A-Z0-9]){4,6}(?![A-Z0-9])(?:[\s\-·•.]{0,2}[挂学警港澳])?"
)
#: The four hundred or so surnames that cover nearly everybody, and the compound ones.
_SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石"
    "廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤温康施文牛樊葛邢安齐易乔伍庞颜倪庄聂章鲁岳翟殷"
    "詹申欧耿关兰焦俞左柳甘祝包宁尚符舒阮柯纪梅童凌毕单季裴霍涂成苗谷盛曲翁冉骆蓝游辛靳管柴蒙鲍华喻祁蒲滕屈饶解牟艾尤阳穆农"
    "司卓古吉缪简项连芦麦褚娄窦戚岑景党宫费卜冷晏席卫米柏宗瞿桂佟应臧闵苟邬边卞姬师仇栾隋刁沙荣巫寇桑郎甄丛仲虞敖巩明佘池"
    "查麻苑迟邝封谈匡鞠惠荆乐冀郁胥南班储原栗燕楚鄢劳谌奚皮粟冼蔺厉伊仝郜海阚权屠豆朴廉禹井祖漆巴丰支"
    "卿国狄索宣晋初云容敬扈晁芮都普阙浦戈伏鹿薄邸雍辜羊阿乌母裘亓修邰赫杭况那宿鲜印逯隆茹诺战慕玉银亢嵇哈湛宾戎勾茅利"
    "於呼揭干尉冶斯元束檀衣昝智幸奉植衡尧"
)
_SURNAME = f"(?:{'|'.join(COMPOUND_SURNAMES)}|[{_SURNAMES}])"
_HAN = r"[\u3400-\u4dbf\u4e00-\u9fff]"
#: What follows a name in a sentence; where none of it does, as many signs as a name may have are masked.
_AFTER = rf"(?=$|(?!{_HAN}).|[住电手今是在的说家来去向要想和与跟反投举称被，。]|先生|女士)"
_NAME_BEFORE_ITS_END = rf"{_SURNAME}\s?{_HAN}(?:\s?{_HAN})??{_AFTER}"
_CUE = (
    r"(?:姓\s*名|名\s*字|我叫|俺叫|他叫|她叫|名叫|叫做|本人|联系人|举报人|反映人|投诉人|报案人|当事人|负责人|"
    r"经营者|来电人|诉求人|户主|业主|房东|村民|群众|司机)"
)
_NAMED = re.compile(rf"{_CUE}(?:[\s:是为叫]{{0,3}})((?:{_NAME_BEFORE_ITS_END})|(?:{_SURNAME}{_HAN}{{1,2}}))")
#: What people are, of which more is said as often as a name is given: only what ends like a name is one.
_PERSON = re.compile(
    r"(?:市民|居民|住户|邻居|车主|店主|租户|租客|商户|商贩|摊主|家长|老人|工人|司机)"
    rf"(?:[\s:是为叫]{{0,3}})({_NAME_BEFORE_ITS_END})"
)
#: After these a name follows whatever it looks like: foreign names have no surname of the list.
_SURELY_NAMED = re.compile(
    rf"(?:姓\s*名[\s:是为]{{0,3}}|我叫|俺叫|名字?叫|叫做)({_HAN}{{2,4}}(?:·{_HAN}{{1,8}})*)"
)
_TITLED = re.compile(
    rf"({_SURNAME}{_HAN}{{0,2}}?)(?:先生|女士|小姐|师傅|老师|医生|书记|主任|村长|镇长|乡长|局长|所长|队长|科长|站长|经理|老板|同志|"
    r"大爷|大妈|大娘|大叔|大伯|阿姨|大哥|大姐)"
)
_NUMBER = r"[A-Z]?[\d十百]{1,5}(?:\s?[\-之]\s?\d{1,4})?"
_PART = r"\s?(?:号楼|号院|号房|[栋幢座]|单元|楼|层|室|户|号)?"
#: Where somebody lives: 3号楼2单元501室, 5栋301, 幸福路12号, 7组18号, 门牌号18. 3座桥 and 2号线 are none.
_HOUSE = re.compile(
    rf"{_NUMBER}\s?(?:号楼|号院|号房|单元|[栋幢座](?=\s?{_NUMBER}|单元))(?:\s?-?\s?{_NUMBER}{_PART})*"
    rf"|(?<=[路街巷弄道村庄组队屯社苑园坊里寨湾沟口区院])\s?{_NUMBER}\s?号(?![线令文公])(?:{_NUMBER}{_PART})*"
    rf"|(?<=门牌)号?\s?:?\s?{_NUMBER}\s?号?"
    r"|\d{3,4}室"
)
_ENGLISH = re.compile(
    r"(?i:my\s+name\s+is|name\s*:|i\s+am\s+called)\s*([A-Z][\w'\-]*(?:\s+[A-Z][\w'\-]*){0,3})"
)


def mask(text: str) -> str:
    """The text with `MASK` in the place of personal data."""
    hidden = bytearray(len(text))
    folded = "".join(map(_folded, text))
    digits = "".join(_NUMERALS.get(sign, sign) for sign in folded)
    own = [found.span() for found in _OWN_NUMBER.finditer(folded)]
    for row in _ROW.finditer(digits):
        if not _DATE.fullmatch(folded, *row.span()) and not _within(row.span(), own):
            _hide(hidden, *row.span())
    for found in _HOUSE.finditer(digits):
        _hide(hidden, *found.span())
    for pattern in (_EMAIL, _PLATE):
        for found in pattern.finditer(folded):
            _hide(hidden, *found.span())
    for pattern in (_CHANNEL, _NAMED, _PERSON, _SURELY_NAMED, _TITLED):
        for found in pattern.finditer(folded):
            _hide(hidden, *found.span(1))
    # Capitals tell names in English: the text as it stands.
    for found in _ENGLISH.finditer(text):
        _hide(hidden, *found.span(1))
    return _with_gaps(text, hidden)


def _within(span: tuple[int, int], others: list[tuple[int, int]]) -> bool:
    return any(start <= span[0] and span[1] <= end for start, end in others)


@lru_cache(maxsize=8192)
def _folded(sign: str) -> str:
    """One sign in its plainest form: half-width, capital, ASCII digit, plain dash; always one sign."""
    value = unicodedata.digit(sign, None)
    if value is not None:
        return str(value)
    category = unicodedata.category(sign)
    if category == "Pd":
        return "-"
    if category in ("Cf", "Cc", "Mn", "Zs"):
        # Invisible signs between digits are as good as a blank.
        return sign if sign == "\n" else " "
    plain = unicodedata.normalize("NFKC", sign).upper()
    return plain if len(plain) == 1 else sign


def _hide(hidden: bytearray, start: int, end: int) -> None:
    hidden[start:end] = b"\1" * (end - start)


def _with_gaps(text: str, hidden: bytearray) -> str:
    parts: list[str] = []
    gap = False
    for sign, is_hidden in zip(text, hidden, strict=True):
        if not is_hidden:
            parts.append(sign)
        elif not gap:
            parts.append(MASK)
        gap = bool(is_hidden)
    return "".join(parts)
