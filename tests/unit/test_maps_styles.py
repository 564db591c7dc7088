"""Styles: classes of debt, squads that can be told apart without colour, and the browser's copy."""

from __future__ import annotations

import json
from itertools import pairwise

import pytest

from gridmgr.domain.incidents import STATES
from gridmgr.domain.places import PLACE_KINDS
from maps.styles import (
    DEBT_CLASSES,
    INCIDENT_MARKS,
    NO_REQUIREMENT,
    PLACE_MARKS,
    SQUAD_STYLES,
    as_data,
    debt_colour,
    debt_labels,
    squad_style,
)


def luminance(colour: str) -> float:
    """Relative luminance of ``#rrggbb``, as WCAG 2 defines it."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize(
    ("debt", "label"),
    [
        (0, "0"),
        (1e-9, "0"),
        (0.3, "0–1"),
        (1, "0–1"),
        (1 + 1e-9, "0–1"),
        (1.5, "1–2"),
        (6, "4–6"),
        (9, "> 6"),
    ],
)
def test_a_debt_falls_into_the_class_its_number_says(debt: float, label: str) -> None:
    """Ends belong to the lower class, rounding errors do not lift a debt over them."""
    assert debt_colour(debt) == DEBT_CLASSES[debt_labels().index(label)].colour


def test_a_village_that_requires_no_visits_is_grey() -> None:
    """Grey is not among the ramp's colours."""
    assert debt_colour(0, required=0) == NO_REQUIREMENT
    assert NO_REQUIREMENT not in {item.colour for item in DEBT_CLASSES}


def test_the_ramp_gets_darker_step_by_step() -> None:
    """So that it reads in grey print and by the colour-blind."""
    assert all(luminance(a.colour) > luminance(b.colour) * 1.15 for a, b in pairwise(DEBT_CLASSES))


def test_squads_differ_by_pattern_and_stand_out_from_light_ground() -> None:
    """Eight patterns, each at least 3:1 against white (WCAG 1.4.11)."""
    assert len({style.dash for style in SQUAD_STYLES}) == len(SQUAD_STYLES) == 8
    assert all(1.05 / (luminance(style.colour) + 0.05) >= 3 for style in SQUAD_STYLES)
    assert squad_style(9) == squad_style(1)


def test_every_state_and_kind_has_a_sign_of_its_own_shape() -> None:
    """Incidents are told apart without colour."""
    assert set(INCIDENT_MARKS) == STATES
    assert set(PLACE_MARKS) == PLACE_KINDS
    assert len({mark.path for mark in INCIDENT_MARKS.values()}) == len(STATES)


def test_the_browsers_copy_is_plain_json() -> None:
    """The desk reads the same classes."""
    data = json.loads(json.dumps(as_data()))
    assert [item["label"] for item in data["debt"]] == list(debt_labels())
    assert data["squads"][1]["dash"] == SQUAD_STYLES[1].dash
