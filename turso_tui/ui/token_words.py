"""A token in the few words that a row of a table has room for, and its end as it draws near."""

from collections.abc import Iterable, Iterator
from textwrap import wrap
from typing import NamedTuple

from textual.content import Content

from turso_tui.printable import printable
from turso_tui.service.known_tokens import Keeping, KnownToken, Origin
from turso_tui.tokens import TokenKind
from turso_tui.tokens.description import moment
from turso_tui.ui.numbers import passing

KINDS = {
    TokenKind.SESSION: "session",
    TokenKind.API_UNRESTRICTED: "API",
    TokenKind.API_ORGANIZATION: "API, org",
    TokenKind.API_GROUP: "API, group",
    TokenKind.DATABASE: "database",
    TokenKind.GROUP: "group",
    TokenKind.EXTERNAL: "external",
    TokenKind.UNKNOWN_JWT: "unknown",
    TokenKind.SHARED_KEY: "shared key",
}

KEEPINGS = {
    Keeping.KEYRING: "keyring",
    Keeping.FILE: "file",
    Keeping.ENVIRONMENT: "env",
    Keeping.MEMORY: "memory",
    Keeping.NOWHERE: "–",
}

_END_UNKNOWN = {TokenKind.SESSION, TokenKind.UNKNOWN_JWT, TokenKind.SHARED_KEY}
"""Kinds that may end without saying when."""

SOON = 10 * 60.0
SOON_FOR_SIGN_IN = 24 * 3600.0
"""Seconds before its end from which on a token that nobody renews is worth a warning."""


class Expiry(NamedTuple):
    """``sign`` says without colour what ``style`` says with it; ``meaning`` says it in words."""

    sign: str
    text: str
    style: str
    meaning: str


def expiry(known: KnownToken, now: float) -> Expiry:
    """How much of its life is left; both clocks are the server's."""
    if known.expires_at is None:
        if known.kind in _END_UNKNOWN:
            return Expiry(" ", "–", "$muted", "It does not say until when.")
        return Expiry(" ", "never", "$muted", "It never expires.")
    left = known.expires_at - now
    if left <= 0:
        return Expiry("✗", "expired", "$bad", f"It expired {passing(-left)} ago.")
    if known.origin is Origin.BROKER:
        return Expiry("↻", passing(left), "$muted", "The program renews it before its end.")
    if left < (SOON if known.kind in {TokenKind.DATABASE, TokenKind.GROUP} else SOON_FOR_SIGN_IN):
        return Expiry("!", passing(left), "$warning", "It ends soon.")
    return Expiry(" ", passing(left), "", "")


def title(known: KnownToken) -> str:
    """By what a person looks for it: a token that runs SQL by what it opens, any other by its name."""
    return known.scope if known.origin in _BY_SCOPE and known.scope else known.name


def about(known: KnownToken) -> str:
    """What is worth a column beside its title."""
    return known.name if title(known) == known.scope else known.scope


_BY_SCOPE = {Origin.BROKER, Origin.GIVEN, Origin.HAND}


def called(known: KnownToken) -> str:
    """What the status line calls it: ``the database token for acme/agent-0042``, never the secret."""
    return f"the {known.kind} {'for ' if title(known) != known.name else ''}{title(known)}"


class Fact(NamedTuple):
    """``text`` may hold words of a server."""

    name: str
    text: str
    style: str = ""


def facts(known: KnownToken, now: float) -> Iterator[Fact]:
    """All there is to say of it, but for its kind and its secret."""
    if about(known):
        yield Fact("name" if title(known) == known.scope else "for", about(known))
    if known.rights:
        yield Fact("may", known.rights)
    end = expiry(known, now)
    if known.expires_at is None:
        yield Fact("until", end.meaning, end.style)
    else:
        left = f"{end.text} left." if known.expires_at > now else ""
        yield Fact("until", moment(known.expires_at))
        yield Fact("", " ".join(part for part in (end.sign.strip(), left, end.meaning) if part), end.style)
    yield Fact("kept", _KEPT[known.kept])
    if known.url:
        yield Fact("opens", known.url)


_KEPT = {
    Keeping.KEYRING: "in the system's keyring",
    Keeping.FILE: "in a file only you can read",
    Keeping.ENVIRONMENT: "in the environment",
    Keeping.MEMORY: "in memory, until you quit",
    Keeping.NOWHERE: "not here: it was shown once",
}


def fact_lines(facts: Iterable[Fact], width: int, name_width: int = 7) -> list[Content]:
    """Names on the left, what is said of them beside, wrapped under itself."""
    lines = []
    for name, text, style in facts:
        pieces = wrap(printable(text), max(10, width - name_width), break_on_hyphens=False) or [""]
        for index, piece in enumerate(pieces):
            shown = "" if index else printable(name)
            lines.append(Content.assemble((f"{shown:<{name_width}}", "$muted"), (piece, style)))
    return lines


def prose_lines(text: str, width: int, style: str = "") -> list[Content]:
    """A sentence, which may hold words of a server, on as many lines as it takes."""
    return [Content.styled(line, style) for line in wrap(printable(text), max(10, width))]
