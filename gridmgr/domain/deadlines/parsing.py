"""Reading a deadline from the words of an office's list, in Chinese or English, or from its short form.

``4工作小时``, ``五个工作日``, ``自立案之日起九十日内``, ``7日（行政处罚法第六十一条）``, ``2年``;
``5 working days``, ``within 30 days of filing``; ``4wh``, ``2wd``, ``30d``.
"""

from __future__ import annotations

import re
import unicodedata

from gridmgr.domain.deadlines.rules import MOST, DeadlineRule

#: Words of each unit; the longest that fits counts.
_UNIT_WORDS = {
    "working_hour": ("工作小时", "工作时", "working hours", "working hour", "business hours", "wh"),
    "working_day": ("工作日", "working days", "working day", "business days", "business day", "wd"),
    "hour": ("小时", "hours", "hour", "h"),
    "day": ("自然日", "日历日", "日", "天", "calendar days", "calendar day", "days", "day", "d"),
    "month": ("月", "months", "month"),
    "year": ("年", "years", "year"),
}
_UNITS = {word: unit for unit, words in _UNIT_WORDS.items() for word in words}
_EVENT_WORDS = {
    "reported": ("上报", "报告", "发现", "reporting", "the report"),
    "verified": ("核实", "verification"),
    "filed": ("立案", "filing"),
    "dispatched": ("派遣", "派单", "转办", "交办", "dispatch", "dispatching"),
    "escalated": ("移送", "上报部门", "escalation"),
    "accepted": ("受理", "接收", "签收", "acceptance", "receipt"),
    "notified": ("告知", "通知", "notification", "notice"),
    "decided": ("作出决定", "决定", "宣告", "the decision", "decision"),
    "seized": ("查封、扣押", "查封", "扣押", "seizure"),
    "ended": ("行为终了", "违法行为终了", "违法行为发生", "the act"),
}
_EVENTS = {word: event for event, words in _EVENT_WORDS.items() for word in words}
_LAWS = {
    "行政处罚法": "penalty",
    "行政强制法": "coercion",
    "administrative penalty law": "penalty",
    "administrative coercion law": "coercion",
}


def _any_of(words: dict[str, str]) -> str:
    return "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))


_ARTICLE = re.compile(r"(?:第(?P<zh>[^条]+)条|,? ?art(?:icle|\.)? ?(?P<en>\d+))")
_NUMERAL = "0-9零〇一二两三四五六七八九十百"
_RULE = re.compile(
    rf"(?:自|从|within )?\s*(?:(?P<before>{_any_of(_EVENTS)})(?:之日|之时|当日)?(?:起|后|以后))?\s*"
    rf"(?P<amount>[{_NUMERAL}]+)\s*个?\s*(?P<unit>{_any_of(_UNITS)})\s*(?:以内|之内|内)?\s*"
    rf"(?:(?:of|from|after) (?P<after>{_any_of(_EVENTS)}))?\s*"
    rf"(?:\(《?(?:中华人民共和国)?(?P<law>{_any_of(_LAWS)})》?\s*(?P<article>[^()]*)\))?"
)
#: Text that begins with a number is meant as a rule, whatever follows.
_BEGINS_WITH_NUMBER = re.compile(r"[-+]?[.0-9]")
_DIGITS = {char: value for value, char in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
_PLACES = {"十": 10, "百": 100}


class RuleTextError(ValueError):
    """Words that are no deadline.

    Parameters
    ----------
    words
        As given.
    """

    def __init__(self, words: str) -> None:
        self.words = words
        super().__init__(f"no deadline can be read from {words!r}")


def parse_rule(words: str) -> DeadlineRule:
    """The rule that words describe.

    Raises
    ------
    RuleTextError
        If they describe none, or more than can be meant.
    """
    found = _RULE.fullmatch(_folded(words))
    if found is None:
        raise RuleTextError(words)
    unit = _UNITS[found["unit"]]
    amount = _number(found["amount"])
    if amount is None or not 1 <= amount <= MOST[unit]:
        raise RuleTextError(words)
    event = found["before"] or found["after"]
    return DeadlineRule(
        amount=amount,
        unit=unit,
        starts=_EVENTS[event] if event else "",
        law=_LAWS[found["law"]] if found["law"] else "",
        article=_article(found["article"] or "", words),
    )


def is_meant_as_rule(words: str) -> bool:
    """Whether words begin like a number of something; then not reading them is an error."""
    return _BEGINS_WITH_NUMBER.match(_folded(words)) is not None


def _folded(words: str) -> str:
    # Full-width digits and brackets become plain ones.
    return re.sub(r"\s+", " ", unicodedata.normalize("NFKC", words)).strip().casefold()


def _article(part: str, words: str) -> int:
    if not part.strip():
        return 0
    found = _ARTICLE.fullmatch(part.strip())
    number = _number(found["zh"] or found["en"]) if found else None
    if number is None:
        raise RuleTextError(words)
    return number


def _number(words: str) -> int | None:
    """A number in digits or in Chinese up to 999."""
    if words.isdecimal():
        return int(words)
    if any(char.isdecimal() for char in words):
        return None
    total = digit = 0
    last_place = 1000
    for char in words:
        if char not in _PLACES and char not in _DIGITS:
            return None
        if char in _PLACES:
            if _PLACES[char] >= last_place:
                return None
            last_place = _PLACES[char]
            total += (digit or 1) * last_place
            digit = 0
        elif digit:
            return None
        else:
            digit = _DIGITS[char]
    return total + digit
