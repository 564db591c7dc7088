"""Every reason of the rostering planner has its numbers and its words in both languages."""

from __future__ import annotations

from string import Formatter

import pytest

from gridmgr.texts import LANGUAGES, catalogue
from planners.rostering.reasons import CODES, because


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("code", sorted(CODES))
def test_every_reason_has_words_that_use_only_its_parameters(code, language):
    """A text may not ask for a number that the reason does not carry."""
    words = catalogue(language)[f"reason.{code}"]
    fields = {name for _, name, _, _ in Formatter().parse(words) if name}
    assert fields <= set(CODES[code])


def test_a_reason_outside_the_table_is_refused():
    """A misspelt code is found where it is made, not by the reader."""
    with pytest.raises(ValueError, match="no such reason: 'no_vehicel'"):
        because("no_vehicel")


def test_a_reason_without_its_numbers_is_refused():
    """A reason carries exactly its parameters."""
    with pytest.raises(ValueError, match=r"'too_few_certified' needs .* got \['certified'\]"):
        because("too_few_certified", certified=1)
