from hypothesis import given
from hypothesis import strategies as st

from turso_tui.sql.lexer import TokenKind, tokenize
from turso_tui.sql.lines import LONGEST_LINE, OPENERS, LineLexer, still_open, tokens_of_line

from .scripts import FRAGMENTS

texts = st.lists(st.sampled_from(FRAGMENTS), max_size=40).map("".join)


def named(line: str, opened: str = "") -> list[tuple[str, str]]:
    tokens = tokens_of_line(line, opened)
    return [(line[start:end], kind.name) for kind, start, end in tokens if kind is not TokenKind.WHITESPACE]


@given(texts)
def test_line_begins_inside_of_what_the_whole_text_has_there(text: str) -> None:
    opened, start = "", 0
    for line in text.split("\n"):
        around = [
            text[token.start : token.end].lstrip("xX")
            for token in tokenize(text)
            if token.kind is not TokenKind.WHITESPACE and token.start < start <= token.end
        ]
        assert [opened] == [next(o for o in OPENERS if a.startswith(o)) for a in around] or (not around and not opened)
        opened = still_open(line, opened)
        start += len(line) + 1


@given(texts.map(lambda text: text.replace("\n", "")), st.sampled_from(["", *OPENERS]))
def test_tokens_tile_the_line(line: str, opened: str) -> None:
    end = 0
    for token in tokens_of_line(line, opened):
        assert token.start == end < token.end
        end = token.end
    assert end == len(line)


def test_what_is_open_already_looks_like_what_it_will_be() -> None:
    assert named("select 'ab") == [("select", "KEYWORD"), ("'ab", "STRING")]
    assert named('"ab') == [('"ab', "QUOTED_IDENTIFIER")]
    assert named("x'0a") == [("x'0a", "BLOB")]
    assert named("/*") == [("/*", "COMMENT")]


def test_line_inside_a_comment() -> None:
    assert named("end */ select", "/*") == [("end */", "COMMENT"), ("select", "KEYWORD")]


def test_change_above_is_seen_below() -> None:
    lines = ["select 1", "from t", "where a"]
    lexer = LineLexer(lines.__getitem__)
    assert lexer.tokens(2)[0].kind is TokenKind.KEYWORD
    lines[0] = "select /* 1"
    lexer.changed(0)
    assert [token.kind for token in lexer.tokens(2)] == [TokenKind.COMMENT]


def test_very_long_line_still_closes_its_quote() -> None:
    lines = ["select '" + "a" * LONGEST_LINE + "'", "from t"]
    assert LineLexer(lines.__getitem__).tokens(1)[0].kind is TokenKind.KEYWORD
