import apsw
import pytest
from hypothesis import given

from turso_tui.sql.lexer import TokenKind, tokenize
from turso_tui.sql.words import KEYWORDS

from .scripts import anything


def kinds(text: str) -> list[tuple[str, str]]:
    """The significant tokens, as their text and the name of their kind."""
    return [(text[start:end], kind.name) for kind, start, end in tokenize(text) if kind is not TokenKind.WHITESPACE]


def kind_of(text: str) -> str:
    """The kind of a text that is one token."""
    ((whole, kind),) = kinds(text)
    assert whole == text
    return kind


@given(anything)
def test_tokens_tile_any_text(text: str) -> None:
    end = 0
    for token in tokenize(text):
        assert token.start == end < token.end
        end = token.end
    assert end == len(text)


def test_keywords_are_those_of_sqlite() -> None:
    assert set(apsw.keywords) <= KEYWORDS


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("SELECT", "KEYWORD"),
        ("größe$1", "IDENTIFIER"),
        ("'it''s\nfine'", "STRING"),
        ('"a""b"', "QUOTED_IDENTIFIER"),
        ("`a``b`", "QUOTED_IDENTIFIER"),
        ("[a b]", "QUOTED_IDENTIFIER"),
        ("x'00fF'", "BLOB"),
        ("x'0'", "ERROR"),
        ("x'zz'", "ERROR"),
        ("'open", "ERROR"),
        ("1_000", "NUMBER"),
        ("0xFF", "NUMBER"),
        ("1.", "NUMBER"),
        (".5", "NUMBER"),
        ("1.5e+3", "NUMBER"),
        ("1a", "ERROR"),
        ("1.5a", "ERROR"),
        ("0xFg", "ERROR"),
        ("?", "PARAMETER"),
        ("?12", "PARAMETER"),
        (":a", "PARAMETER"),
        ("@a", "PARAMETER"),
        ("$a::b(c)", "PARAMETER"),
        ("$a(b", "ERROR"),
        ("$", "ERROR"),
        (":::", "ERROR"),
        ("!", "ERROR"),
        ("\0", "ERROR"),
        ("-- to the end", "COMMENT"),
        ("/* two\nlines */", "COMMENT"),
        ("/*/ still open", "COMMENT"),
        ("->>", "OPERATOR"),
        ("||", "OPERATOR"),
        ("<>", "OPERATOR"),
        ("!=", "OPERATOR"),
        (";", "PUNCTUATION"),
    ],
)
def test_token_by_itself(text: str, kind: str) -> None:
    assert kind_of(text) == kind


def test_blob_literals_are_told_apart_as_sqlite_does() -> None:
    database = apsw.Connection(":memory:")
    for text in ("x'00ff'", "X''", "1_0", "0xf", "1.e5", ".5e-1", "'a''b'"):
        database.execute(f"select {text}")
        assert kind_of(text) != "ERROR"
    for text in ("x'0'", "x'0g'", "1x", "0xg", "1e", "5.a"):
        with pytest.raises(apsw.SQLError):
            database.execute(f"select {text}")
        assert kind_of(text) == "ERROR"


def test_comment_begun_at_the_very_end_is_two_operators() -> None:
    assert kinds("/*") == [("/", "OPERATOR"), ("*", "OPERATOR")]


def test_byte_order_mark_is_space_only_before_a_word() -> None:
    assert kinds("\ufeffselect a\ufeff") == [("select", "KEYWORD"), ("a\ufeff", "IDENTIFIER")]


def test_type_follows_a_name() -> None:
    assert kinds("text text, cast(a as integer), v F32_BLOB(3)") == [
        ("text", "IDENTIFIER"), ("text", "TYPE"), (",", "PUNCTUATION"),
        ("cast", "KEYWORD"), ("(", "PUNCTUATION"), ("a", "IDENTIFIER"), ("as", "KEYWORD"), ("integer", "TYPE"),
        (")", "PUNCTUATION"), (",", "PUNCTUATION"),
        ("v", "IDENTIFIER"), ("F32_BLOB", "TYPE"), ("(", "PUNCTUATION"), ("3", "NUMBER"), (")", "PUNCTUATION"),
    ]  # fmt: skip


def test_function_is_called_and_a_table_with_columns_is_not() -> None:
    assert ("lower", "FUNCTION") in kinds("select lower(a)")
    assert ("replace", "FUNCTION") in kinds("select replace(a, b, c)")
    assert ("lower", "IDENTIFIER") in kinds("select lower from t")
    assert ("t", "IDENTIFIER") in kinds("insert into t(a) values (1)")


def test_keyword_behind_a_dot_is_a_name() -> None:
    assert kinds("t.key")[-1] == ("key", "IDENTIFIER")


@pytest.mark.parametrize("part", ["'", "/*", "[", "$a(", "$::", "x'", "1_", "::", "--", "/* *", "a$", '"`'])
def test_broken_text_takes_no_more_than_linear_time(part: str) -> None:
    """Were it quadratic, this would take hours."""
    assert sum(token.end - token.start for token in tokenize(part * 200_000)) == 200_000 * len(part)
