"""A recognised token as a table of facts: what a screen shows of it, line by line."""

from collections.abc import Iterator

from turso_tui.tokens.claims import Claims
from turso_tui.tokens.description import lifetime, moment, relative, rights, scopes
from turso_tui.tokens.recognise import Recognised
from turso_tui.tokens.wording import listed, word


def facts(recognised: Recognised, now: float) -> tuple[tuple[str, str], ...]:
    """Label and value of all that it says, in the order of their use; printable, without the secret.

    ``now`` is in unix seconds. Of a text without claims there is its kind and its length.
    """
    claims = recognised.claims
    if claims is None:
        return tuple(_of_text(recognised))
    return (("Kind", str(claims.kind)), *((label, value) for label, value in _of_claims(claims, now) if value))


def _of_text(recognised: Recognised) -> Iterator[tuple[str, str]]:
    yield "Kind", str(recognised.kind)
    if recognised.text:
        yield "Length", f"{len(recognised.text)} characters"


def _of_claims(claims: Claims, now: float) -> Iterator[tuple[str, str]]:
    yield "Database id", _said(claims.database_id)
    yield "Namespaces", listed([word(name) for name in claims.namespaces])
    yield "Group id", _said(claims.group_id)
    yield "Organization number", _said(claims.organization)
    yield "Rights", rights(claims) if claims.access else ""
    yield "Scopes", scopes(claims)
    yield "Issuer", _said(claims.issuer)
    yield "Issued", _when(claims.issued_at, now)
    yield "Valid from", _when(claims.not_before, now)
    yield "Expires", lifetime(claims, now)
    yield "Token id", _said(claims.token_id)
    yield "Algorithm", _said(claims.algorithm)


def _said(claim: str | None) -> str:
    return word(claim) if claim else ""


def _when(seconds: float | None, now: float) -> str:
    return f"{moment(seconds)}, {relative(seconds, now)}" if seconds is not None else ""
