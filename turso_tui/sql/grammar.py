"""SQLite's lexical grammar as regular expressions: what `lexer`, `split` and `lines` are made of.

They follow ``sqlite3GetToken`` (tokenize.c). All repeats are possessive, so that no text, however broken, makes them
backtrack: time is linear in the length of the text.
"""

WORD = r"[0-9A-Za-z_$\x80-\U0010ffff]"
"""A character of an identifier (SQLite: ``IdChar``); every character beyond ASCII is one."""

WORD_START = r"[A-Za-z_\x80-\ufefe\uff00-\U0010ffff]"
"""A character that begins an identifier: a byte order mark in this place is white space."""

SPACES = " \t\n\f\r"
SPACE = r"(?:[ \t\n\f\r][ \t\n\v\f\r]*+|\ufeff)"
"""White space; it cannot begin with a vertical tab, though it may contain one."""

LINE_COMMENT = r"--[^\n]*+"
_COMMENT_TEXT = r"[^*]*+(?:\*(?!/)[^*]*+)*+"
CLOSED_COMMENT = rf"{LINE_COMMENT}|/\*{_COMMENT_TEXT}\*/"
COMMENT = rf"{LINE_COMMENT}|/\*(?=[\s\S]){_COMMENT_TEXT}(?:\*/)?+"
"""An unterminated comment runs to the end; ``/*`` as the very last characters are two operators."""

STRING = r"'[^']*+(?:''[^']*+)*+'"
QUOTED_IDENTIFIER = r'"[^"]*+(?:""[^"]*+)*+"|`[^`]*+(?:``[^`]*+)*+`|\[[^\]]*+\]'
UNTERMINATED = r"""'[^']*+(?:''[^']*+)*+|"[^"]*+(?:""[^"]*+)*+|`[^`]*+(?:``[^`]*+)*+|\[[^\]]*+"""

BLOB = r"[xX]'(?:[0-9A-Fa-f]{2})*+'"
BROKEN_BLOB = r"[xX]'[^']*+'?+"

NUMBER = (
    r"(?:0[xX][0-9A-Fa-f][0-9A-Fa-f_]*+"
    r"|(?:[0-9][0-9_]*+(?:\.[0-9_]*+)?+|\.[0-9][0-9_]*+)(?:[eE][+-]?+[0-9][0-9_]*+)?+)"
)

PARAMETER_NAME = rf"(?:::)*+{WORD}(?:{WORD}|::)*+"
"""What follows ``$``, ``@``, ``:`` or ``#``."""

PARAMETER_SUFFIX = r"\([^ \t\n\v\f\r)\0]*+"
"""``$name(…)`` is how the Tcl binding names an element of an array."""

PARAMETER = rf"(?:(?<!{WORD})\$|[@:#]){PARAMETER_NAME}(?:{PARAMETER_SUFFIX})?+"
"""The one name that can hide a quote or a semicolon, for those who look only for these."""

OPERATOR = r"->>?+|\|\|?+|==?+|<[=><]?+|>[=>]?+|!=|[-+*/%&~]"
PUNCTUATION = r"[;,()]|\.(?![0-9])"
