"""Variables set in a file that has other lines too."""

import shlex
import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from turso_tui.errors import InputError
from turso_tui.service.env_files import is_env, merged

others = st.sampled_from(
    [
        "",
        "# a comment with TURSO_AUTH_TOKEN=old in it",
        "PORT=3000",
        "export NAME='two words'",
        'KEY="-----BEGIN\nTURSO_AUTH_TOKEN=not this one\n-----END"',
        "TURSO_AUTH_TOKEN_2=x",
        "  SPACED = 'x' # why",
        "EMPTY=",
    ]
)
ours = st.sampled_from(
    [
        "TURSO_AUTH_TOKEN=old",
        "export TURSO_AUTH_TOKEN='old one'",
        'TURSO_AUTH_TOKEN = "old\nover lines"',
        "TURSO_DATABASE_URL=",
    ]
)
values = st.text(st.characters(min_codepoint=0x21, max_codepoint=0x7E, exclude_characters="'\\"), min_size=1)
tokens = st.text(st.characters(min_codepoint=0x21, max_codepoint=0x7E), min_size=1)


def variables(text: str) -> dict[str, str]:
    """As a shell reads them."""
    words = [word for word in shlex.split(text.replace(" = ", "="), comments=True) if word != "export"]
    return dict(word.split("=", 1) for word in words)


@given(st.lists(others | ours, max_size=8), values, st.sampled_from(["\n", ""]))
def test_what_is_set_is_read_back_and_the_rest_stays(lines: list[str], value: str, end: str) -> None:
    before = "\n".join(lines) + end
    after = merged(before, {"TURSO_AUTH_TOKEN": value})
    kept = {name: old for name, old in variables(before).items() if name != "TURSO_AUTH_TOKEN"}
    assert variables(after) == {**kept, "TURSO_AUTH_TOKEN": value}
    assert after.count("# a comment") == before.count("# a comment")
    assert merged(after, {"TURSO_AUTH_TOKEN": value}) == after


@given(tokens)
def test_a_value_is_read_back_or_refused(value: str) -> None:
    try:
        written = merged("", {"X": value})
    except InputError:
        assert "'" in value or "\\" in value
    else:
        assert variables(written) == {"X": value}


def test_lines_keep_their_place_their_comments_and_their_ends() -> None:
    before = "# mine\r\nexport TURSO_AUTH_TOKEN = 'old'  # rotates monthly\r\nPORT=3000\r\n"
    assert merged(before, {"TURSO_AUTH_TOKEN": "new"}) == (
        "# mine\r\nexport TURSO_AUTH_TOKEN = new  # rotates monthly\r\nPORT=3000\r\n"
    )


def test_a_variable_that_is_set_twice_is_set_once_afterwards() -> None:
    before = "TURSO_AUTH_TOKEN=a\nPORT=1\nTURSO_AUTH_TOKEN=b\n"
    assert merged(before, {"TURSO_AUTH_TOKEN": "c"}) == "TURSO_AUTH_TOKEN=c\nPORT=1\n"


def test_what_is_new_comes_last() -> None:
    after = merged("PORT=1", {"A": "libsql://a.turso.io", "B": "eyJ.x-_"})
    assert after == "PORT=1\nA=libsql://a.turso.io\nB=eyJ.x-_\n"


@pytest.mark.parametrize(
    "value", ["$HOME", "a b", "`id`", '"', "#x", "a#b", "$(id)", "!!", "*", "~", "a&b", "a;b", "libsql://x?y=%3D"]
)
def test_a_real_shell_reads_what_was_meant(tmp_path: Path, value: str) -> None:
    file = tmp_path / "x.env"
    file.write_text(merged("", {"X": value}))
    read = subprocess.run(["sh", "-c", '. "$1"; printf %s "$X"', "-", file], capture_output=True, text=True, check=True)
    assert read.stdout == value


@pytest.mark.parametrize("text", ["", "# only\n\n", "A=1\nexport B='2'\n", 'A="x\ny"\nB=`z`', "A=\r\n"])
def test_files_of_variables_are_known(text: str) -> None:
    assert is_env(text)


@pytest.mark.parametrize("text", ["{}", "eyJ.eyJ.x", "set -a\nA=1", "\0", "[x]\na = 1", "A: 1"])
def test_other_files_are_told_from_them(text: str) -> None:
    assert not is_env(text)
