"""An agency's trade, read off the certificates of its department's people."""

from __future__ import annotations

from datetime import date

from gridmgr.domain.people import Agency, Officer
from gridmgr.services.planning.trades import AGENCY_WORTH, agency_trades

TODAY = date(2026, 3, 2)
AGENCIES = (
    Agency(code="M1", name="东乡市场监管所", department="市监局", township_code="T1"),
    Agency(code="M2", name="西乡市场监管所", department="市监局", township_code="T2"),
    Agency(code="X", name="水利站", department="水利局", township_code="T1"),
    Agency(code="OF", name="综合行政执法办公室", department="", township_code="T1"),
)


def officer(name: str, agency: str, *skills: str, valid_to: date | None = None) -> Officer:
    """A certified officer."""
    return Officer(
        id=name,
        name=name,
        agency_code=agency,
        township_code="T1",
        certificate_no="C",
        certificate_valid_to=valid_to,
        skills=skills,
    )


def test_what_most_of_a_department_hold_is_its_trade_in_every_township() -> None:
    """Three of four hold food, one of four fire; the unit without anybody certified is of it too."""
    people = [officer(f"o{n}", "M1", "food") for n in range(3)] + [officer("o3", "M1", "fire")]
    found = agency_trades(AGENCIES, people, TODAY)
    assert found["M1"] == found["M2"] == {"food": AGENCY_WORTH * 0.75}


def test_one_person_is_no_trade_and_the_office_has_none() -> None:
    """Nor do the office's people make it of one, however many."""
    people = [officer("o1", "X", "water"), *(officer(f"z{n}", "OF", "all") for n in range(3))]
    found = agency_trades(AGENCIES, people, TODAY)
    assert found["X"] == {}
    assert "OF" not in found


def test_certificates_that_ran_out_do_not_tell() -> None:
    """Two hold fire now, two held food."""
    past = date(2026, 3, 1)
    people = [officer(f"a{n}", "M1", "food", valid_to=past) for n in range(2)]
    people += [officer(f"b{n}", "M2", "fire") for n in range(2)]
    assert agency_trades(AGENCIES, people, TODAY)["M1"] == {"fire": AGENCY_WORTH}
