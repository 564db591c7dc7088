"""What a squad may lawfully enforce under each pair rule, and why not."""

from __future__ import annotations

from datetime import timedelta

import pytest
from rostering_worlds import MONDAY, codes, day, person, uncertified, vehicles

from planners.rostering import PairRule, Rules, check_squad

STRICT = Rules()
SAME = Rules(pair_rule=PairRule.SAME_AGENCY)
POOLED = Rules(pair_rule=PairRule.POOLED)


def check(members, rules=STRICT, **more):
    """Judge the squad on Monday with everybody on duty."""
    return check_squad(members, rules, day(members), **more)


def test_strict_rule_allows_exactly_the_scopes_two_certificates_cover():
    """Only what two certified members share may be enforced."""
    squad = [person("li", "a", "food", "drugs"), person("wang", "b", "food", "fire"), uncertified("zhao")]
    assert check(squad).scopes == {"food"}
    assert not check(squad).patrol_only
    assert check(squad).reasons == ()


def test_strict_rule_does_not_count_scopes_of_the_uncertified():
    """A scope on record without a certificate is worth nothing."""
    squad = [person("li", "a", "food"), person("wang", "b", "food", until=None), person("zhao", "c", "fire")]
    assert codes(check(squad).reasons) == ["no_shared_scope"]


@pytest.mark.parametrize(
    ("rules", "scopes"), [(STRICT, set()), (SAME, {"food", "fire"}), (POOLED, {"food", "fire", "water"})]
)
def test_pair_rules_differ_on_the_same_squad(rules, scopes):
    """Two of agency a with different scopes and one of b: each rule reads the law its own way."""
    squad = [person("li", "a", "food"), person("wang", "a", "fire"), person("zhao", "b", "water")]
    assert check(squad, rules).scopes == scopes


@pytest.mark.parametrize("rules", [STRICT, SAME, POOLED])
def test_one_certified_member_is_never_enough(rules):
    """Article 42 asks for two, under every setting, and the reason carries the counts."""
    result = check([person("li", "a", "food"), uncertified("wang", "a"), uncertified("zhao", "a")], rules)
    assert result.patrol_only
    assert codes(result.reasons) == ["too_few_certified"]
    assert dict(result.reasons[0].params) == {"certified": 1, "needed": 2, "members": 3}


def test_same_agency_rule_says_when_no_two_are_of_one_agency():
    """Two certified of different agencies are no pair under the rule."""
    result = check([person("li", "a", "food"), person("wang", "b", "food")], SAME)
    assert codes(result.reasons) == ["no_same_agency_pair"]


@pytest.mark.parametrize("rules", [STRICT, SAME, POOLED])
def test_certificates_without_any_scope_allow_nothing(rules):
    """Where no scope is on record the planner is told that, rather than that scopes differ."""
    result = check([person("li", "a"), person("wang", "a")], rules)
    assert codes(result.reasons) == ["no_scope_recorded"]


def test_same_agency_pair_without_scope_beside_a_stranger_with_one():
    """The stranger's scope does not make the pair's lack of one good."""
    result = check([person("li", "a"), person("wang", "a"), person("zhao", "b", "food")], SAME)
    assert codes(result.reasons) == ["no_scope_recorded"]


def test_an_expired_certificate_is_named():
    """The squad is lawful on the last day and patrol-only on the next, naming whose certificate ran out."""
    squad = [person("li", "a", "food"), person("wang", "b", "food", until=MONDAY)]
    assert not check(squad).patrol_only
    tuesday = check_squad(squad, STRICT, day(squad, 1))
    assert codes(tuesday.reasons) == ["too_few_certified", "certificate_expired"]
    assert dict(tuesday.reasons[1].params) == {"person": "wang", "until": MONDAY.isoformat()}
    assert day(squad, 1).date - MONDAY == timedelta(days=1)


def test_house_rules_are_breaches_apart_from_lawfulness():
    """A squad moved by hand can be lawful and still too large for its car, with a stranger in it twice."""
    squad = [person(name, "a", "food") for name in ("li", "wang", "zhao", "qian", "sun", "zhou")]
    result = check_squad(
        [*squad, squad[0]], STRICT, day(squad, away=["li"]), leader="wu", vehicle=vehicles(5)[0]
    )
    assert not result.patrol_only
    assert set(codes(result.breaches)) == {
        "squad_too_large",
        "vehicle_seats_short",
        "member_twice",
        "member_not_available",
        "leader_not_member",
    }


def test_a_squad_of_one_is_too_small():
    """The smallest squad is a rule of the house."""
    assert codes(check([person("li")]).breaches) == ["squad_too_small"]


def test_the_leader_must_be_certified_where_somebody_is():
    """An uncertified leader is a breach only beside a certified member."""
    squad = [person("li"), uncertified("wang")]
    assert codes(check(squad, leader="wang").breaches) == ["leader_not_certified"]
    assert check(squad, leader="li").breaches == ()
    nobody = [uncertified("wang"), uncertified("zhao")]
    assert check(nobody, leader="wang").breaches == ()


def test_an_empty_squad_is_judged_not_crashed_on():
    """A squad the planner has emptied by hand is patrol-only and too small."""
    result = check([])
    assert result.patrol_only
    assert codes(result.breaches) == ["squad_too_small"]
