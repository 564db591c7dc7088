"""Receipt codes survive being read aloud and typed again; slips are caught."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from gridmgr.domain.receipts import LENGTH, check_digit, new_code, read_code, spaced

BODIES = st.text(alphabet="0123456789", min_size=LENGTH - 1, max_size=LENGTH - 1)


def test_the_check_digit_is_damms() -> None:
    """The published example: 572 is checked by 4."""
    assert check_digit("572") == "4"


def test_new_codes_are_sound_and_differ() -> None:
    """A hundred of them."""
    codes = {new_code() for _ in range(100)}
    assert len(codes) == 100
    assert all(read_code(code) == code for code in codes)


@given(BODIES)
def test_a_code_is_read_however_it_is_written(body: str) -> None:
    """In groups, with dashes, in full-width digits."""
    code = body + check_digit(body)
    wide = code.translate({ord("0") + n: ord("\uff10") + n for n in range(10)})
    for typed in (code, spaced(code), spaced(code).replace(" ", "-"), f" {wide}\u3000", spaced(wide)):
        assert read_code(typed) == code


@given(BODIES, st.integers(0, LENGTH - 1), st.integers(1, 9))
def test_one_wrong_digit_is_noticed(body: str, place: int, shift: int) -> None:
    """Whichever it is."""
    code = body + check_digit(body)
    wrong = str((int(code[place]) + shift) % 10)
    assert read_code(code[:place] + wrong + code[place + 1 :]) is None


@given(BODIES, st.integers(0, LENGTH - 2))
def test_two_swapped_neighbours_are_noticed(body: str, place: int) -> None:
    """Unless they are the same digit."""
    code = body + check_digit(body)
    swapped = code[:place] + code[place + 1] + code[place] + code[place + 2 :]
    assert (read_code(swapped) is None) == (swapped != code)
