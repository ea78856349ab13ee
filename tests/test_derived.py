from __future__ import annotations

from evaluator.models.derived import Derived


class Thing:
    """Something that is only equal to itself."""


def test_what_is_derived_of_an_object_is_worked_out_once():
    asked = []
    derived = Derived(lambda thing: asked.append(thing) or len(asked))
    one, other = Thing(), Thing()
    assert [derived(one), derived(one), derived(other), derived(one)] == [1, 1, 2, 1]
    assert asked == [one, other]


def test_equal_objects_are_not_taken_for_one_another():
    derived = Derived(id)
    one, other = [1], [1]
    assert derived(one) == id(one) != derived(other)


def test_an_object_that_is_gone_never_lends_its_result_to_a_new_one():
    derived = Derived(lambda thing: thing.name)
    for number in range(1_000):
        thing = Thing()
        thing.name = number
        assert derived(thing) == number
        del thing


def test_no_more_is_kept_than_was_allowed():
    asked = []
    derived = Derived(asked.append, most=2)
    one, two, three = things = [Thing() for _ in range(3)]
    for thing in (*things, three, one):
        derived(thing)
    assert asked == [one, two, three, one]
