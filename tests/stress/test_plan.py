"""A plan is the same each time it is made: a process that was killed goes on with the same writes."""

from collections import Counter

from tests.stress.plan import Kind, Load, plan

LOAD = Load(increments=5, inserts=4, transfers=3, transactions=2, deaths=1, hurried=6)


def test_the_same_seed_makes_the_same_plan() -> None:
    assert plan(7, 0, LOAD) == plan(7, 0, LOAD)
    assert plan(7, 0, LOAD) != plan(8, 0, LOAD)


def test_no_two_writes_have_one_key() -> None:
    keys = [write.key for process in range(12) for write in plan(7, process, LOAD)]
    assert len(set(keys)) == 12 * LOAD.writes


def test_a_plan_has_what_was_asked_for() -> None:
    writes = plan(7, 0, LOAD)
    assert Counter(write.kind for write in writes) == {
        Kind.INCREMENT: 5,
        Kind.INSERT: 4,
        Kind.TRANSFER: 3,
        Kind.TRANSACTION: 2,
    }
    assert sum(write.patience is not None for write in writes) == LOAD.hurried
    assert all((write.amount != 0) == (write.kind is Kind.TRANSFER) for write in writes)


def test_so_many_processes_die_as_were_asked_for_each_in_its_first_transaction() -> None:
    (deadly,) = [write for process in range(3) for write in plan(7, process, LOAD) if write.dies]
    first = next(write for write in plan(7, 0, LOAD) if write.kind is Kind.TRANSACTION)
    assert deadly == first
