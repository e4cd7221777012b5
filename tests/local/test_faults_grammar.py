"""Faults as text: every fault has one, and what is no fault is told what is wrong with it."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from turso_tui.errors import InputError
from turso_tui.local.faults import (
    MANUAL,
    Access,
    Cut,
    Fault,
    Form,
    Garbage,
    Latency,
    Moment,
    SqlError,
    Stall,
    Status,
    Trouble,
    format_fault,
    parse_fault,
)
from turso_tui.local.faults.fault import ENDPOINTS, PLANES

durations = st.one_of(
    st.integers(1, 10**7).map(float),
    st.integers(1, 10**7).map(lambda milliseconds: milliseconds / 1000),
    st.floats(1e-9, 1e12, allow_nan=False),
)
beside = st.sampled_from([Moment.BEFORE, Moment.AFTER])
latencies = durations.flatmap(lambda seconds: st.builds(Latency, st.just(seconds), st.floats(0, seconds)))
statuses = st.one_of(
    st.builds(Status, st.integers(400, 599), beside),
    st.builds(Status, st.integers(400, 599), beside, durations, st.booleans()),
)
garbage = st.one_of(
    st.builds(Garbage, st.sampled_from([form for form in Form if form not in (Form.TYPE, Form.HALF)]), beside),
    st.builds(Garbage, st.sampled_from([Form.TYPE, Form.HALF])),
)
outside = st.one_of(
    latencies,
    statuses,
    garbage,
    st.builds(Stall, st.none() | durations, st.sampled_from(Moment)),
    st.builds(Cut, st.sampled_from(Moment), st.booleans()),
)
inside = st.sampled_from(Trouble) | st.builds(SqlError, st.sampled_from(["SQLITE_FULL", "SQLITE_IOERR"]))
words = st.text("abcXYZ_019*('é", min_size=1, max_size=8)
paths = st.text("abc/*-_{}1", max_size=12).map(lambda tail: f"/{tail}")


def faults(effects: st.SearchStrategy[object], places: st.SearchStrategy[str]) -> st.SearchStrategy[Fault]:
    return st.builds(
        Fault,
        effects,
        percent=st.floats(0, 100, exclude_min=True),
        times=st.none() | st.integers(1, 10**12),
        skip=st.integers(0, 10**12),
        lasts=st.none() | durations,
        seed=st.integers(0, 10**12),
        on=places,
        database=st.text("abc-1", max_size=9),
        sql=st.lists(words, max_size=3).map(" ".join),
        access=st.none() | st.sampled_from(Access),
    )


any_fault = faults(outside, st.sampled_from(["", *PLANES, *ENDPOINTS]) | paths) | faults(
    inside, st.sampled_from(["", "data", *ENDPOINTS]) | paths
)


@given(any_fault)
def test_a_fault_is_read_back_from_its_text(fault: Fault) -> None:
    assert parse_fault(format_fault(fault)) == fault


@given(st.text("abclatencystu=@%,0123459~ms.-é ", max_size=30) | st.text(max_size=30))
def test_any_text_is_a_fault_or_a_sentence(text: str) -> None:
    with contextlib.suppress(InputError):
        fault = parse_fault(text)
        assert parse_fault(format_fault(fault)) == fault


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("latency=200ms", Fault(Latency(0.2))),
        ("latency=1.5s~50ms", Fault(Latency(1.5, 0.05))),
        ("busy=2s", Fault(Trouble.BUSY, lasts=2)),
        ("busy,for=2s", Fault(Trouble.BUSY, lasts=2)),
        ("status=429@10%", Fault(Status(429), percent=10)),
        ("status=429,retry-after=2s,on=control", Fault(Status(429, retry_after=2), on="control")),
        ("status=503,retry-date=1m,after", Fault(Status(503, Moment.AFTER, 60, as_date=True))),
        ("cut=after,times=1,writes,db=app", Fault(Cut(Moment.AFTER), times=1, access=Access.WRITES, database="app")),
        ("cut=middle,reset", Fault(Cut(Moment.MIDDLE, reset=True))),
        (" stall = 30s , middle , sql = INSERT   INTO ", None),
        ("stall=30s , middle , sql = INSERT   INTO ", Fault(Stall(30, Moment.MIDDLE), sql="INSERT INTO")),
        ("garbage=html,on=/v1/*/databases", Fault(Garbage(Form.HTML), on="/v1/*/databases")),
        ("error=SQLITE_FULL,skip=2,seed=7", Fault(SqlError("SQLITE_FULL"), skip=2, seed=7)),
    ],
)
def test_examples(text: str, fault: Fault | None) -> None:
    if fault is None:
        with pytest.raises(InputError):
            parse_fault(text)
    else:
        assert parse_fault(text) == fault


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "does not begin with a kind of fault"),
        ("statsu=429", "does not begin with a kind of fault"),
        ("latency", "needs a value, as in latency=200ms"),
        ("latency=200", "“200” is not a time, as in 200ms"),
        ("latency=10ms~20ms", "between nothing and the latency"),
        ("latency=0ms", "longer than nothing"),
        ("status=200", "200 is not the status of an error"),
        ("status=abc", "not an HTTP status"),
        ("status=429@0%", "more than 0 %"),
        ("status=429@200%", "at most 100 %"),
        ("status=429@x%", "“x” is not a number"),
        ("status=429,retry-after=2s,retry-date=2s", "“retry-date” is no option of status, or not together"),
        ("status=429,middle", "cannot come in the middle"),
        ("cut", "cut is one of cut=before, cut=middle, cut=after"),
        ("cut=never", "cut is one of"),
        ("garbage=half,after", "always comes after"),
        ("garbage=html,middle", "garbage=half"),
        ("error=SQLITE_OK", "not a result code"),
        ("error=NONSENSE", "not a result code"),
        ("busy=2s,for=3s", "“for” is given twice"),
        ("busy,on=control", "cannot be on the control plane"),
        ("busy,on=nowhere", "not on “nowhere”"),
        ("busy,times=0", "at least once"),
        ("busy,times=x", "needs a whole number"),
        ("busy,times", "“times” needs a value"),
        ("busy,reads=yes", "“reads” takes no value"),
        ("busy,reads,writes", "“writes” is no option of busy, or not together"),
        ("busy,reset", "“reset” is no option of busy"),
        ("busy,db=a b", "not the name of a database"),
    ],
)
def test_what_is_wrong_is_said(text: str, reason: str) -> None:
    with pytest.raises(InputError) as caught:
        parse_fault(text)
    assert reason in str(caught.value)


def test_the_manual_fits_a_terminal_and_names_everything() -> None:
    assert max(map(len, MANUAL.splitlines())) <= 80
    for word in [*Trouble, *Form, *Moment, *Access, *ENDPOINTS, "latency", "stall", "status", "error", "reset"]:
        assert word in MANUAL
