"""The same body under a longer or a shorter name."""

from __future__ import annotations

import pytest

from gridmgr.domain.bodies import is_office_body, same_body


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("县市场监督管理局", "市场监督管理局", True),
        ("甲县市场监督管理局", "市场监督管理局", True),
        ("县市监局", "市监局", True),
        ("县水利局", "县水利局", True),
        ("县水利局", "县城市管理局", False),
        ("县交通运输局", "运输局", False),
        ("农业农村局", "局", False),
        ("", "县水利局", False),
        ("乡镇综合行政执法办公室", "东乡综合行政执法办公室", True),
        ("乡镇综合行政执法办公室", "县水利局", False),
    ],
)
def test_same_body(one: str, other: str, *, same: bool) -> None:
    """A region before the name makes no other body; symmetric."""
    assert same_body(one, other) is same
    assert same_body(other, one) is same


def test_an_office_is_known_by_its_words() -> None:
    """Whatever stands before them."""
    assert is_office_body("乡镇综合行政执法办公室")
    assert not is_office_body("县城市管理局")
