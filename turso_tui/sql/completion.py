"""What a person may be about to type: the names and words that fit where the cursor is, the likeliest first."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from turso_tui.errors import InputError
from turso_tui.fuzzy import match
from turso_tui.sql import grammar, vocabulary
from turso_tui.sql.facts import quote_identifier
from turso_tui.sql.lexer import Token, TokenKind, tokenize
from turso_tui.sql.names import KnownColumn, Names, Relation, RelationKind
from turso_tui.sql.place import Place, Want, place_at
from turso_tui.sql.scopes import Scopes, Source, levels_at
from turso_tui.sql.split import Script, Span
from turso_tui.sql.words import KEYWORDS

LONGEST = 20_000
"""Characters of the statement on either side of the cursor that are looked at."""
MOST = 100
"""How many candidates are ever given."""


NO_SNIPPETS: Mapping[str, str] = {}


class CandidateKind(StrEnum):
    TABLE = "table"
    VIEW = "view"
    CTE = "with"
    ALIAS = "alias"
    COLUMN = "column"
    JOIN = "join"
    FUNCTION = "function"
    PRAGMA = "pragma"
    INDEX = "index"
    TRIGGER = "trigger"
    TYPE = "type"
    KEYWORD = "keyword"
    SNIPPET = "snippet"
    CHOICE = "choice"
    """Of the few that a snippet allows somewhere."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """``name`` is what matched (at ``positions``) and is shown, ``detail`` says what it is, ``text`` is inserted, and
    the cursor then goes ``back`` that many characters."""

    kind: CandidateKind
    name: str
    text: str
    detail: str = ""
    positions: tuple[int, ...] = ()
    back: int = 0


@dataclass(frozen=True, slots=True)
class Completion:
    """``candidates`` may each take the place of the text from ``start`` to ``end``, the cursor."""

    start: int
    end: int
    candidates: tuple[Candidate, ...] = ()


class _Offer(NamedTuple):
    """``rank`` is how well it fits the place: 0 is what one came for."""

    rank: int
    kind: CandidateKind
    name: str
    detail: str = ""
    owner: str = ""
    text: str = ""


def complete(text: str, cursor: int, names: Names) -> Completion:
    """The candidates for the offset ``cursor`` of a script."""
    cursor = max(0, min(cursor, len(text)))
    return complete_piece(piece_of(Script(text), cursor), cursor, names)


def piece_of(script: Script, cursor: int) -> Span:
    """The part of a script that the candidates for ``cursor`` depend on: never more than about one statement."""
    begin, end = script.piece_at(cursor)
    begin, end = max(begin, cursor - LONGEST), min(end, cursor + LONGEST)
    return Span(begin, end, script.text[begin:end])


def complete_piece(piece: Span, cursor: int, names: Names, snippets: Mapping[str, str] = NO_SNIPPETS) -> Completion:
    """The candidates for ``cursor``, which like the answer is an offset into the script that `piece_of` looked at.

    ``snippets`` are names, and what each is for.
    """
    sql, here = piece.text, cursor - piece.start
    start = _typed_from(sql, here)
    if start is None or not _may_end(sql, here):
        return Completion(cursor, cursor)
    typed = sql[start:here]
    levels = levels_at(sql, start, here)
    place = place_at(levels)
    offers = (*_snippets(place, snippets), *_offers(place, Scopes(levels, names), names))
    shouts = typed.isupper() if typed.isalpha() else sql.lstrip()[:6].isupper()
    called = sql.startswith("(", here)
    return Completion(piece.start + start, cursor, tuple(_ranked(offers, typed, shouts=shouts, called=called)))


_WORDS = frozenset({TokenKind.IDENTIFIER, TokenKind.KEYWORD, TokenKind.TYPE, TokenKind.FUNCTION})
_QUOTES = ('"', "`", "[")
_NEIGHBOURS = frozenset({TokenKind.PUNCTUATION, TokenKind.OPERATOR, TokenKind.WHITESPACE})


def _typed_from(sql: str, cursor: int) -> int | None:
    """Where the name begins that ends at the cursor, the cursor itself where a new one may begin, else None."""
    before = sql[:cursor]
    last: Token | None = None
    for token in tokenize(before):
        last = token
    if last is None or last.kind in _NEIGHBOURS:
        return None if before.endswith("/*") else cursor  # a comment as soon as anything follows
    if last.kind in _WORDS:
        return last.start
    if last.kind is TokenKind.ERROR and before[last.start] in _QUOTES:
        return last.start
    closed = last.end - last.start >= 4 and before.endswith("*/")
    return cursor if last.kind is TokenKind.COMMENT and before[last.start] == "/" and closed else None


def _may_end(text: str, cursor: int) -> bool:
    """Whether a name that ends at the cursor stays one there."""
    following = text[cursor : cursor + 1]
    return not following or following in grammar.SPACES or following in "()+-*/%,;.=<>|&~!?:\v"


# --- what there is


def _offers(place: Place, scopes: Scopes, names: Names) -> Iterator[_Offer]:
    makers: dict[Want, Callable[[], Iterator[_Offer]]] = {
        Want.SOURCE: lambda: _tables(scopes, names, with_functions=True),
        Want.TABLE: lambda: _tables(scopes, names),
        Want.EXPRESSION: lambda: _expression(scopes, names),
        Want.JOIN_CONDITION: lambda: _join_condition(scopes, names),
        Want.COLUMN: lambda: _columns_of(place, scopes, names),
        Want.SHARED_COLUMN: lambda: _shared_columns(scopes),
        Want.TYPE: lambda: (_Offer(0, CandidateKind.TYPE, each) for each in vocabulary.USUAL_TYPES),
        Want.PRAGMA: lambda: (_Offer(0, CandidateKind.PRAGMA, each) for each in vocabulary.PRAGMAS),
        Want.INDEX: lambda: (_Offer(0, CandidateKind.INDEX, each) for each in names.indexes),
        Want.TRIGGER: lambda: (_Offer(0, CandidateKind.TRIGGER, each) for each in names.triggers),
    }
    if place.want in makers:
        yield from makers[place.want]()
    yield from (_Offer(1, CandidateKind.KEYWORD, each) for each in place.words)
    if place.want in {Want.EXPRESSION, Want.KEYWORD, Want.BEGINNING, Want.JOIN_CONDITION}:
        expected = set(place.words)
        yield from (_Offer(4, CandidateKind.KEYWORD, each) for each in sorted(KEYWORDS - expected))


_BEGINNINGS = {Want.BEGINNING, Want.QUERY, Want.KEYWORD}


def _snippets(place: Place, snippets: Mapping[str, str]) -> Iterator[_Offer]:
    """Where a statement or a part of one begins."""
    if place.want in _BEGINNINGS:
        yield from (_Offer(0, CandidateKind.SNIPPET, name, about) for name, about in snippets.items())


_RELATION_KINDS = {
    RelationKind.VIEW: CandidateKind.VIEW,
    RelationKind.CTE: CandidateKind.CTE,
    RelationKind.FUNCTION: CandidateKind.FUNCTION,
}


def _tables(scopes: Scopes, names: Names, *, rank: int = 0, with_functions: bool = False) -> Iterator[_Offer]:
    for relation in (*scopes.ctes, *names.relations):
        kind = _RELATION_KINDS.get(relation.kind, CandidateKind.TABLE)
        lower = rank + 3 if relation.kind is RelationKind.SHADOW else rank
        yield _Offer(lower, kind, relation.name, str(relation.kind))
    if with_functions:
        yield from (_Offer(rank + 3, CandidateKind.FUNCTION, each, "rows") for each in vocabulary.TABLE_FUNCTIONS)


def _functions(names: Names) -> Iterator[_Offer]:
    known = vocabulary.FUNCTIONS if names.functions is None else names.functions
    yield from (_Offer(2, CandidateKind.FUNCTION, each, "function") for each in known)


def _column(column: KnownColumn, owner: str, rank: int, *, qualify: bool = False) -> _Offer:
    detail = f"{owner} · {column.type.lower()}" if column.type and owner else owner or column.type.lower()
    return _Offer(rank, CandidateKind.COLUMN, column.name, detail, owner if qualify else "")


def _expression(scopes: Scopes, names: Names) -> Iterator[_Offer]:
    """The columns of the query itself first, then those of the queries around it."""
    for depth, sources in enumerate(scopes.sources):
        rank = min(depth, 1)
        owners: dict[str, int] = {}
        for source in sources:
            for column in source.relation.columns:
                owners[column.name.lower()] = owners.get(column.name.lower(), 0) + 1
        for source in sources:
            for column in source.relation.columns:
                yield _column(column, source.address, rank, qualify=owners[column.name.lower()] > 1)
        for source in sources:
            yield _Offer(rank + 1, CandidateKind.ALIAS, source.address, _stands_for(source))
    yield from _functions(names)
    if not any(scopes.sources):
        yield from _every_column(names)
        yield from _tables(scopes, names, rank=3)


def _every_column(names: Names) -> Iterator[_Offer]:
    """Before FROM is written nobody knows which table is meant."""
    owners: dict[str, list[Relation]] = {}
    kept: dict[str, KnownColumn] = {}
    for relation in names.relations:
        for column in relation.columns:
            kept.setdefault(column.name.lower(), column)
            owners.setdefault(column.name.lower(), []).append(relation)
    for key, column in kept.items():
        where = owners[key]
        yield _Offer(3, CandidateKind.COLUMN, column.name, where[0].name if len(where) == 1 else f"{len(where)} tables")


def _stands_for(source: Source) -> str:
    name = source.relation.name
    return name if name != source.address else str(source.relation.kind)


def _join_condition(scopes: Scopes, names: Names) -> Iterator[_Offer]:
    """The foreign keys between the source that was joined last and those before it, then everything else."""
    sources = scopes.sources[0] if scopes.sources else []
    for number, right in enumerate(sources):
        for left in sources[:number]:
            for one, other in ((left, right), (right, left)):
                yield from _keys_between(one, other, names)
    yield from _expression(scopes, names)


def _keys_between(source: Source, target: Source, names: Names) -> Iterator[_Offer]:
    for key in names.foreign_keys:
        child, parent = source.relation.name.lower(), target.relation.name.lower()
        if (key.table.lower(), key.target.lower()) == (child, parent):
            sides = ((target.address, key.target_column), (source.address, key.column))
            text = " = ".join(f"{quote_identifier(owner)}.{quote_identifier(column)}" for owner, column in sides)
            yield _Offer(0, CandidateKind.JOIN, text, "foreign key", text=text)


def _columns_of(place: Place, scopes: Scopes, names: Names) -> Iterator[_Offer]:
    if place.is_qualified and place.owner.lower() in {"main", "temp"}:
        yield from _tables(scopes, names)
        return
    relation = scopes.addressed(place.owner)
    if relation is not None:
        yield from (_column(each, "", 0) for each in relation.columns)


def _shared_columns(scopes: Scopes) -> Iterator[_Offer]:
    sources = scopes.sources[1] if len(scopes.sources) > 1 else []
    seen: set[str] = set()
    for source in sources:
        for column in source.relation.columns:
            if column.name.lower() in seen:
                yield _column(column, "", 0)
            seen.add(column.name.lower())


# --- what fits


def _ranked(offers: Iterable[_Offer], typed: str, *, shouts: bool, called: bool) -> list[Candidate]:
    """The candidates that ``typed`` may be the beginning of."""
    quoted = typed[:1] in _QUOTES and typed
    needle = typed[1:] if quoted else typed
    found: list[tuple[tuple[int, int, int], Candidate]] = []
    seen: set[tuple[str, str]] = set()
    for order, offer in enumerate(offers):
        if quoted and offer.kind in _NEVER_QUOTED:
            continue
        fit = _fit(needle, offer)
        if fit is None:
            continue
        candidate = _candidate(offer, fit[1], shouts=shouts, called=called)
        is_written = candidate is not None and candidate.text == typed and candidate.kind is not CandidateKind.SNIPPET
        if candidate is None or is_written or (candidate.text.lower(), candidate.kind) in seen:
            continue
        seen.add((candidate.text.lower(), candidate.kind))
        found.append(((fit[0] + offer.rank, -fit[2], order), candidate))
    found.sort(key=lambda each: each[0])
    return [candidate for _, candidate in found[:MOST]]


_NEVER_QUOTED = frozenset(
    {
        CandidateKind.JOIN,
        CandidateKind.FUNCTION,
        CandidateKind.PRAGMA,
        CandidateKind.TYPE,
        CandidateKind.KEYWORD,
        CandidateKind.SNIPPET,
    }
)


def _fit(needle: str, offer: _Offer) -> tuple[int, tuple[int, ...], int] | None:
    """How far off it is (0: it begins like this), which letters match, and how well."""
    if not needle:
        return 0, (), 0
    if offer.name[: len(needle)].lower() == needle.lower():
        return 0, tuple(range(len(needle))), -len(offer.name)
    if offer.kind in _NEVER_QUOTED and offer.kind is not CandidateKind.PRAGMA:
        return None if offer.kind is not CandidateKind.JOIN else _loose(needle, offer)
    return _loose(needle, offer)


def _loose(needle: str, offer: _Offer) -> tuple[int, tuple[int, ...], int] | None:
    """Letters in the middle: together, or scattered from the beginning of a word on."""
    if len(needle) < 2 or needle[0].lower() not in offer.name.lower():
        return None
    found = match(needle, offer.name)
    if found is None:
        return None
    first = found.positions[0]
    together = found.positions[-1] - first + 1 == len(found.positions)
    if not together and first and offer.name[first - 1].isalnum():
        return None
    return (2 if together else 4), found.positions, found.score


def _candidate(offer: _Offer, positions: tuple[int, ...], *, shouts: bool, called: bool) -> Candidate | None:
    if offer.text or offer.kind in {CandidateKind.PRAGMA, CandidateKind.SNIPPET}:
        return Candidate(offer.kind, offer.name, offer.text or offer.name, offer.detail, positions)
    if offer.kind in {CandidateKind.KEYWORD, CandidateKind.TYPE}:
        word = offer.name if shouts else offer.name.lower()
        return Candidate(offer.kind, word, word, str(offer.kind), positions)
    try:
        text = quote_identifier(offer.name)
        owner = f"{quote_identifier(offer.owner)}." if offer.owner else ""
    except InputError:  # no SQL text can hold this name
        return None
    if offer.kind is CandidateKind.FUNCTION and offer.name.isidentifier() and offer.name.isascii():
        text = offer.name  # REPLACE, LIKE and GLOB are keywords, and functions where they are called
    if offer.kind is CandidateKind.FUNCTION and not called:
        has_arguments = offer.name.lower() not in vocabulary.WITHOUT_ARGUMENTS
        return Candidate(offer.kind, offer.name, f"{text}()", offer.detail, positions, back=int(has_arguments))
    return Candidate(offer.kind, offer.name, owner + text, offer.detail, positions)
