"""What comes along when one copies a token, and how to get the token out of it."""

import re
from collections.abc import Iterator

_QUOTES = "\"'`“”‘’«»<>;,"

_UNSEEN = re.compile("[\u00ad\u200b-\u200f\u2060-\u2064\ufeff]")
"""Soft hyphens, zero-width and direction marks, the byte order mark: chat programs and web pages smuggle them in."""

_LABEL = re.compile(
    r"""
      (?: export \s+ | set(?:x)? \s+ | \$env: )? ["']? [A-Za-z_][\w-]* ["']? \s* = \s* (?=[^=\s])  # X=…, $env:X = …
    | ["']? [\w-]* (?: authorization | token | jwt ) ["']? \s* : \s* (?=\S)  # a header, a key in JSON or YAML
    | bearer (?: \s+ | $ )
    """,
    re.VERBOSE | re.IGNORECASE | re.ASCII,
)

_JWT_SOMEWHERE = re.compile(r"(?<![\w.-])eyJ[\w.-]+(?:[ \t]*\r?\n[ \t]*[\w.-]+)*", re.ASCII)
"""With the words that begin the lines below, as far as lines hold nothing else: a terminal may have broken it."""

_MOST_LINES = 64
"""Into which a token is broken: even one signed with RSA fits a window of twenty columns."""

_LABELLED_WORD = re.compile(
    r"""
    (?: ^ | [{,"'?&] ) [ \t]* ["']? (?: export \s+ )? [\w-]* (?: authorization | token | jwt ) ["']? \s* [:=] \s*
    ["'`]? (?: bearer \s+ )? ( [^\s"'`{},;&]+ )
    """,
    re.VERBOSE | re.IGNORECASE | re.ASCII | re.MULTILINE,
)


def clean(pasted: str) -> str:
    """``pasted`` without what surrounds a token: quotes, ``Bearer``, ``export X=``, line breaks.

    Idempotent. White space inside goes too, because a terminal wraps a long token and copies the line breaks.
    """
    while (cleaned := "".join(unwrapped(pasted).split())) != pasted:
        pasted = cleaned  # joining may have completed another word to remove
    return cleaned


def unwrapped(pasted: str) -> str:
    """Like `clean`, but white space inside stays, so that one word is told from several."""
    text = _UNSEEN.sub("", pasted)
    while True:
        inner = text.strip().strip(_QUOTES).strip()
        label = _LABEL.match(inner)
        inner = inner[label.end() :] if label else inner
        if inner == text:
            return text
        text = inner


def jwts_in(pasted: str) -> Iterator[str]:
    """Whatever may be a JWT amid other text (a command, an ``.env`` file, JSON), whole before shorter.

    A line below may be the rest of it or the next thing: the length of the signature will tell.
    """
    for found in _JWT_SOMEWHERE.finditer(_UNSEEN.sub("", pasted)):
        lines = found.group().split()[:_MOST_LINES]
        for count in range(len(lines), 0, -1):
            yield "".join(lines[:count]).rstrip(".")


def labelled_words_in(pasted: str) -> Iterator[str]:
    """The words that a header, a variable, a key of JSON or a parameter of a URL calls a token."""
    return (found.group(1) for found in _LABELLED_WORD.finditer(_UNSEEN.sub("", pasted)))
