"""Vim's keys against what Vim does with them."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.ui.vim.paper import Typist
from turso_tui.ui.vim import Mode

MOTIONS = [
    ("|one two", "w", "one |two"),
    ("|one.two x", "w", "one|.two x"),
    ("|one.two x", "W", "one.two |x"),
    ("one two|", "b", "one |two"),
    ("one.two| x", "B", "|one.two x"),
    ("|one two", "e", "on|e two"),
    ("|one two", "2e", "one tw|o"),
    ("|one.two x", "E", "one.tw|o x"),
    ("one two |x", "ge", "one tw|o x"),
    ("  o|ne", "0", "|  one"),
    ("  on|e", "^", "  |one"),
    ("|one\ntwo", "$", "on|e\ntwo"),
    ("|one\ntwo", "2$", "one\ntw|o"),
    ("a\nb\n  |c", "gg", "|a\nb\n  c"),
    ("|a\n  b\nc", "2G", "a\n  |b\nc"),
    ("|a\nb\n c", "G", "a\nb\n |c"),
    ("abcd|ef\nx\nabcdef", "jj", "abcdef\nx\nabcd|ef"),
    ("|abc\nab\nabcd", "$jj", "abc\nab\nabc|d"),
    ("|a(b)c", "fc", "a(b)|c"),
    ("|axbxc", "2fx", "axb|xc"),
    ("|axbxc", "fx;", "axb|xc"),
    ("axbx|c", "Fx;,", "axb|xc"),
    ("|axbxc", "tx;", "ax|bxc"),
    ("axb|xc", "Tx", "ax|bxc"),
    ("f|(a, (b))", "%", "f(a, (b)|)"),
    ("f(a, (b)|)", "%", "f|(a, (b))"),
    ("|a\n\nb\n\nc", "}", "a\n|\nb\n\nc"),
    ("a\n\nb\n\n|c", "{", "a\n\nb\n|\nc"),
    ("|one two one", "*", "one two |one"),
    ("|one two one two", "/two<cr>n", "one two one |two"),
    ("|one two one two", "/two<cr>nN", "one |two one two"),
    ("one two| one", "?one<cr>", "|one two one"),
    ("|a\nb\nc", ":3<cr>", "a\nb\n|c"),
    ("ab|c", "l", "ab|c"),
    ("|a\n\nb", "w", "a\n|\nb"),
]

CHANGES = [
    ("|one two", "dw", "|two"),
    ("|one two three", "d2w", "|three"),
    ("|one two three", "2dw", "|three"),
    ("one |two\nthree", "dw", "one| \nthree"),
    ("|one two", "cwx<esc>", "|x two"),
    ("on|e two", "de", "o|n"),
    ("|one\ntwo\nthree", "dd", "|two\nthree"),
    ("one\n|two", "dd", "|one"),
    ("|a\nb\nc\nd", "3dd", "|d"),
    ("|a\nb\nc", "dj", "|c"),
    ("a\nb\n|c", "dgg", "|"),
    ("a |b c", "D", "a| "),
    ("a |b c", "Cx<esc>", "a |x"),
    ("  |one\ntwo", "ccx<esc>", "  |x\ntwo"),
    ("  one|\ntwo", "Sx<esc>", "  |x\ntwo"),
    ("|abc", "sx<esc>", "|xbc"),
    ("|abc", "2x", "|c"),
    ("ab|c", "X", "a|c"),
    ("|abc", "xp", "b|ac"),
    ("|one\ntwo", "yyp", "one\n|one\ntwo"),
    ("one\n|two", "Yp", "one\ntwo\n|two"),
    ("one\n|two", "yyP", "one\n|two\ntwo"),
    ("|a b", "yw$p", "a ba| "),
    ("|a", "3ax<esc>", "axx|x"),
    ("|one", "Ax<esc>", "one|x"),
    ("  on|e", "Ix<esc>", "  |xone"),
    ("  |a\nb", "ox<esc>", "  a\n  |x\nb"),
    ("  |a\nb", "Ox<esc>", "  |x\n  a\nb"),
    ("|a\n  b\nc", "J", "a| b\nc"),
    ("|a\n  b\nc", "3J", "a b| c"),
    ("|abc", "rx", "|xbc"),
    ("|abc", "2rx", "x|xc"),
    ("|abC", "~~~", "AB|c"),
    ("|one two", "gUiw", "|ONE two"),
    ("|ONE TWO", "guw", "|one TWO"),
    ("|one TWO", "g~$", "|ONE two"),
    ("|a\nb\nc", ">j", "  |a\n  b\nc"),
    ("    |a", "<<", "  |a"),
    ("|select a from t", "==", "|select a\nfrom t"),
    ("f(o|ne, two) x", "di(", "f(|) x"),
    ("f(o|ne, two) x", "da(", "f| x"),
    ("a 'b |c' d", "ci'x<esc>", "a '|x' d"),
    ('a "b |c" d', 'di"', 'a "|" d'),
    ("one t|wo three", "daw", "one |three"),
    ("one t|wo three", "diw", "one | three"),
    ("one t|wo", "daw", "on|e"),
    ("|a\nb\n\nc", "dip", "|\nc"),
    ("a\n\n|b\nc\n\nd", "dap", "a\n\n|d"),
    ("select 1; sel|ect 2; select 3", "dis", "select 1; |; select 3"),
    ("select 1;\nsel|ect 2;\nselect 3", "das", "select 1;\n|select 3"),
    ("|a b c", "dw.", "|c"),
    ("|a b c d", "dw2.", "|d"),
    ("|one two", "cwx<esc>w.", "x |x"),
    ("|a\nb", "Ax<esc>j.", "ax\nb|x"),
    ("|a\nb\nc", "ddjp", "b\nc\n|a"),
    ("|one two", "ved", "| two"),
    ("|one two three", "vwd", "|wo three"),
    ("|a\nb\nc", "Vjd", "|c"),
    ("o|ne two", "viwy$p", "one twoon|e"),
    ("|one two", "vlrx", "|xxe two"),
    ("|a\nb\nc", "VjJ", "a| b\nc"),
    ("|a\nb\nc\nd", "Vj>", "  |a\n  b\nc\nd"),
    ("|a b", "vUwv~", "A |B"),
    ("|ab cd e", "vld.", "|d e"),
    ("|one two", "ywwviwp", "one |one "),
    ("|aXbXc\nX", ":s/X/-/g<cr>", "|a-b-c\nX"),
    ("|a\na", ":%s/a/&&/<cr>", "aa\n|aa"),
    ("|ab", r":s/\(a\)/x/<cr>", "|ab"),
    ("|ab", r":s/(a)(b)/\2\1/<cr>", "|ba"),
    ("|a\na\na", "Vj:s/a/b/<cr>", "b\n|b\na"),
    ("|one two", '"adw"ap', "tone| wo"),
    ("|abc", "ixyz<esc>u", "|abc"),
    ("|abc", "xxu<ctrl+r>", "|c"),
    ("|a b c", "dwdwuu", "|a b c"),
    ("|abc", "dd", "|"),
]


@pytest.mark.parametrize(("before", "keys", "after"), MOTIONS)
def test_motions(before: str, keys: str, after: str) -> None:
    assert Typist(before).type(keys).shown == after


@pytest.mark.parametrize(("before", "keys", "after"), CHANGES)
def test_changes(before: str, keys: str, after: str) -> None:
    assert Typist(before).type(keys).shown == after


def test_registers_and_the_clipboard() -> None:
    typist = Typist("|one two").type('"+yiw')
    assert typist.paper.clipboard == "one"
    typist.paper.clipboard = "else "
    assert typist.type('"+P').paper.text == "else one two"


def test_lines_with_a_colon() -> None:
    typist = Typist("a").type(":w<cr>:q<cr>:wq<cr>:e<cr>:w a b.sql<cr>:e c.sql<cr>:nonsense<cr>:s/b/c/<cr>")
    assert typist.paper.done == ["save", "close", "save and close", "open", "save a b.sql", "open c.sql"]
    assert "nonsense" in typist.paper.said[0]
    assert "not there" in typist.paper.said[1]


def test_what_is_shown() -> None:
    typist = Typist("abc def")
    shown = [typist.type(keys).vim.status for keys in ("2d", "<esc>i", "<esc>v", "V", "<esc>:s/a")]
    assert shown == ["NORMAL 2d", "INSERT", "VISUAL", "VISUAL LINE", ":s/a▏"]


def test_escape_is_somebody_elses_once_there_is_nothing_to_leave() -> None:
    typist = Typist("abc").type("iv<esc>")
    assert typist.vim.mode is Mode.NORMAL
    assert not typist.vim.key("escape", None)
    assert not typist.vim.key("f5", None)
    assert not typist.vim.key("ctrl+j", "\n")


def test_what_the_mouse_has_selected_is_what_is_meant() -> None:
    typist = Typist("one two")
    typist.paper.select(0, 3)
    assert typist.type("d").paper.text == " two"


KEYS = st.lists(
    st.sampled_from(
        [*"hjklwbeWBE0^$ggGfFtT;,%{}dcyxXDCYsSrJpPoOiIaAu.~/?nN*:vV<>=\"+'()[]123 abZ\n", "escape", "enter"]
    )
    | st.sampled_from(["escape", "ctrl+r", "backspace", "left", "down", "i", "a", "w", "p", "s"]),
    max_size=40,
)


@settings(max_examples=300, deadline=None)
@given(st.text(alphabet="ab (),;'\"\n[]{}SELECT", max_size=60), st.integers(0, 60), KEYS)
def test_no_keys_crash_or_lose_the_way_back(text: str, cursor: int, keys: list[str]) -> None:
    typist = Typist("")
    typist.paper.text = text
    typist.paper.select(min(cursor, len(text)), min(cursor, len(text)))
    for key in keys:
        typist.press(key)
    typist.vim.leave()
    typist.type("<esc>")
    for _ in range(len(keys) * 3 + 1):
        typist.press("u")
    assert typist.paper.text == text
    for _ in range(len(keys) * 3 + 1):
        typist.press("ctrl+r")
    assert not typist.paper.redo_steps
