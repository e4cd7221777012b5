"""The parts that need no server: names, cursors, expirations."""

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from turso_tui.local.control.answers import ApiError
from turso_tui.local.control.expiration import seconds_of
from turso_tui.local.control.names import check_name, label_in_host, label_of
from turso_tui.local.control.paging import LIMIT, Cursors, page_limit

LABELS = st.from_regex(r"[a-z0-9]([a-z0-9-]{0,20}[a-z0-9])?", fullmatch=True)


@given(LABELS, LABELS, st.integers(1, 65535))
def test_a_database_is_found_by_the_host_it_was_given(name: str, slug: str, port: int) -> None:
    check_name("database", name, slug)
    label = label_of(name, slug)
    assert label_in_host(f"{label}.localhost:{port}") == label_in_host(f"{label}.LOCALHOST.") == label


@pytest.mark.parametrize(
    "host", ["", "localhost", "localhost:80", "127.0.0.1:80", "[::1]:80", "app.example.com", "a.b.localhost"]
)
def test_other_hosts_name_no_database(host: str) -> None:
    assert label_in_host(host) is None


@given(st.text(max_size=80))
def test_what_passes_as_a_name_is_safe_in_a_host(name: str) -> None:
    try:
        check_name("database", name, "you")
    except ApiError:
        return
    assert set(name) <= set(string.ascii_lowercase + string.digits + "-")
    assert len(label_of(name, "you")) <= 63


@given(st.binary(min_size=1), st.text(max_size=100))
def test_a_cursor_leads_back_to_its_name(secret: bytes, name: str) -> None:
    cursor = Cursors(secret).after(name)
    assert cursor.isascii()
    assert name == Cursors(secret).read(cursor)


@given(st.text(max_size=60))
def test_no_cursor_is_accepted_that_was_not_given_out(cursor: str) -> None:
    with pytest.raises(ApiError):
        Cursors(b"secret").read(cursor)


@pytest.mark.parametrize(
    ("text", "limit"), [(None, None), ("", None), ("1", 1), ("250", 250), ("5000", LIMIT), ("999999999", LIMIT)]
)
def test_page_limits(text: str | None, limit: int | None) -> None:
    assert page_limit(text) == limit


@pytest.mark.parametrize("text", ["0", "-1", "1.5", "ten", "٣", "1" * 30])
def test_page_limits_that_are_none(text: str) -> None:
    with pytest.raises(ApiError):
        page_limit(text)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [(None, None), ("", None), ("never", None), ("10m", 600), ("2w1d30m", 1_297_800), ("7d3h2m1s", 615_721)],
)
def test_expirations(text: str | None, seconds: int | None) -> None:
    assert seconds_of(text) == seconds


@given(st.lists(st.tuples(st.integers(0, 10**6), st.sampled_from("wdhms")), min_size=1, max_size=6))
def test_an_expiration_is_the_sum_of_its_parts(parts: list[tuple[int, str]]) -> None:
    unit = {"w": 604_800, "d": 86_400, "h": 3_600, "m": 60, "s": 1}
    assert seconds_of("".join(f"{count}{name}" for count, name in parts)) == sum(n * unit[u] for n, u in parts)


@pytest.mark.parametrize("text", ["5", "m", "5 m", "5y", "-5m", "1.5h", "Never", "5m!", "٣m"])
def test_expirations_that_are_none(text: str) -> None:
    with pytest.raises(ApiError, match="Invalid expiration format"):
        seconds_of(text)
