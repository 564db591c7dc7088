"""Versions of an item follow one another without overlap, whatever is written down in whatever order."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gridmgr.domain.catalogue import CatalogueItem
from gridmgr.domain.catalogue_versions import differences, in_force, place, same_content
from gridmgr.services.importing.versions import plan_versions

FIRST = date(2025, 1, 1)
V1 = CatalogueItem(code="A1", name="占道经营", kind="basic", lead_body="县城市管理局", effective_from=FIRST)


def item(first: date | None, last: date | None = None, *, lead: str = "县城市管理局") -> CatalogueItem:
    """A version of A1 with the given days."""
    return replace(V1, effective_from=first, effective_to=last, lead_body=lead)


def test_a_later_row_with_other_content_ends_the_open_version_the_day_before() -> None:
    """Every day has one version."""
    placed = place([V1], item(date(2026, 3, 1), lead="乡镇综合行政执法办公室"))
    assert placed.outcome == "added"
    assert [(v.version, v.effective_to) for v in placed.versions] == [(1, date(2026, 2, 28)), (2, None)]
    assert in_force(placed.versions, date(2026, 2, 28)).version == 1
    assert in_force(placed.versions, date(2026, 3, 1)).version == 2


def test_the_first_file_again_changes_nothing_after_a_second_version_came() -> None:
    """The row says "open"; the version was ended by its successor only."""
    placed = place([V1], item(date(2026, 3, 1), lead="乙"))
    assert place(placed.versions, V1).outcome == "same"
    assert place(placed.versions, item(date(2026, 3, 1), lead="乙")).outcome == "same"


def test_the_same_content_with_a_later_day_is_no_new_version() -> None:
    """It holds already on those days."""
    assert place([V1], item(date(2026, 1, 1))).outcome == "same"


def test_an_end_date_for_an_open_version_is_not_taken_silently() -> None:
    """Neither as the same nor as new: it corrects the version that is there."""
    placed = place([V1], item(FIRST, date(2026, 6, 30)))
    assert (placed.outcome, placed.field) == ("corrected", "effective_to")


def test_days_that_another_content_covers_are_a_clash_that_names_the_field() -> None:
    """A closed version is not shortened by a row that begins within it."""
    closed = item(FIRST, date(2025, 12, 31))
    placed = place([closed], item(date(2025, 7, 1), lead="乙"))
    assert (placed.outcome, placed.field, placed.other) == ("clash", "effective_from", closed)
    assert placed.versions == (closed,)
    earlier = place([closed], item(date(2024, 7, 1), lead="乙"))
    assert (earlier.outcome, earlier.field) == ("clash", "effective_to")


def test_differences_are_told_field_by_field_in_reading_order() -> None:
    """Days come last."""
    other = replace(V1, name="占道经营行为", basis="某法第一条", effective_from=date(2026, 1, 1))
    assert [(d.field, d.before, d.after) for d in differences(V1, other)] == [
        ("name", "占道经营", "占道经营行为"),
        ("basis", "", "某法第一条"),
        ("effective_from", FIRST, date(2026, 1, 1)),
    ]


def test_a_file_may_hold_several_versions_of_an_item_in_any_order() -> None:
    """Earlier days are placed first."""
    rows = [(1, item(date(2026, 1, 1), lead="丙")), (2, item(None, lead="甲")), (3, V1)]
    plan = plan_versions({}, rows, update=False)
    assert plan.clashes == []
    assert [(v.lead_body, v.version) for v in plan.versions["A1"]] == [
        ("甲", 1),
        ("县城市管理局", 2),
        ("丙", 3),
    ]


def test_a_correction_is_a_conflict_unless_asked_for() -> None:
    """With the row, the field and the value."""
    row = replace(V1, lead_body="乙")
    refused = plan_versions({"A1": [V1]}, [(7, row)], update=False)
    assert [(c.row, c.field, c.item.lead_body) for c in refused.clashes] == [(7, "lead_body", "乙")]
    assert refused.versions == {}
    taken = plan_versions({"A1": [V1]}, [(7, row)], update=True)
    assert taken.versions["A1"] == (row,)


DAYS = st.one_of(st.none(), st.integers(0, 40).map(lambda n: FIRST + timedelta(days=n)))


@st.composite
def rows(draw: st.DrawFn) -> CatalogueItem:
    """A row with days that are in order."""
    first, last = draw(DAYS), draw(DAYS)
    if first and last and last < first:
        first, last = last, first
    return item(first, last, lead=draw(st.sampled_from("甲乙丙")))


@settings(max_examples=300, deadline=None)
@given(st.lists(rows(), max_size=7))
def test_versions_never_overlap_numbers_stay_and_repeating_is_harmless(written: list[CatalogueItem]) -> None:
    """One version a day at most, a number never changes its content, and again is nothing."""
    versions: tuple[CatalogueItem, ...] = ()
    for row in written:
        placed = place(versions, row)
        if placed.outcome != "added":
            assert placed.outcome != "same" or placed.versions == versions
            continue
        before = {v.version: v for v in versions}
        assert all(
            same_content(v, before[v.version]) and v.effective_from == before[v.version].effective_from
            for v in placed.versions
            if v.version in before
        )
        versions = placed.versions
        assert place(versions, row).outcome == "same"
    for one, other in pairwise(versions):
        assert one.last_day < other.first_day
    for day in range(-1, 42):
        assert sum(v.holds_on(FIRST + timedelta(days=day)) for v in versions) <= 1


@pytest.mark.parametrize("field", ["code", "name", "lead_body"])
def test_an_item_needs_its_words(field: str) -> None:
    """The message names the field."""
    with pytest.raises(ValueError, match=field):
        replace(V1, **{field: " "})
