"""By which columns the rows of two results belong together: a guess."""

import itertools
from collections.abc import Sequence

import apsw

from turso_tui.service.comparison_sides import CommonColumn, Side, common_columns, sides
from turso_tui.service.results import ResultSet
from turso_tui.service.transaction import transaction

_SAMPLE = 1000
"""Rows that are looked at first: most columns that are no key show it there."""
_LOOKED_AT = 8
"""Columns, and then pairs of them, that are looked at as a whole in search of a key."""
_SOUND_LIKE_KEYS = ("id", "uuid", "key", "code", "name")


async def guess_key(before: ResultSet, after: ResultSet) -> list[int]:
    """Places in `common_columns` by which the rows of both can be told apart; none where no one or two columns do.

    Cancelling stops it. Raises `StorageError`.
    """
    common = common_columns(before.columns, after.columns)
    two = sides(before, after)
    return await after.store.analyst.do(lambda raw: _Guess(raw, two, common).key())


class _Guess:
    def __init__(self, raw: apsw.Connection, sides: tuple[Side, Side], common: Sequence[CommonColumn]) -> None:
        self._raw = raw
        self._sides = sides
        self._common = common

    def key(self) -> list[int]:
        before, after = self._sides
        with transaction(self._raw), before.prepared(self._raw), after.prepared(self._raw):
            return self._search()

    def _search(self) -> list[int]:
        places = [place for place in range(len(self._common)) if not self._measures(place)]
        places.sort(key=lambda place: _sounds_like_a_key(self._common[place].column.name), reverse=True)
        singles = [(place,) for place in places]
        pairs = list(itertools.combinations(sorted(places)[:_LOOKED_AT], 2))
        for candidates in (singles, pairs):
            promising = (each for each in candidates if self._tells_apart(each, _SAMPLE))
            for candidate in itertools.islice(promising, _LOOKED_AT):
                if self._tells_apart(candidate):
                    return list(candidate)
        return []

    def _measures(self, place: int) -> bool:
        """Numbers with a fraction differ by chance, and say nothing about which row it is."""
        each = self._common[place]
        for side, column in zip(self._sides, (each.before, each.after), strict=True):
            value = side.value(column)
            found = self._raw.execute(
                f"SELECT 1 FROM {side.source} WHERE rowid <= ? AND typeof({value}) = 'real' LIMIT 1",
                (min(_SAMPLE, side.rows),),
            ).get
            if found is not None:
                return True
        return False

    def _tells_apart(self, places: Sequence[int], most: int | None = None) -> bool:
        for index, side in enumerate(self._sides):
            key = side.key([self._common[place].of(index) for place in places])
            rows = side.rows if most is None else min(most, side.rows)
            twice = f"SELECT 1 FROM {side.source} WHERE rowid <= ? GROUP BY {key} HAVING count(*) > 1 LIMIT 1"
            if self._raw.execute(twice, (rows,)).get is not None:
                return False
        return True


def _sounds_like_a_key(name: str) -> int:
    """Larger for a name that people give to keys."""
    words = name.lower().replace("_", " ").split()
    if not words or words[-1] not in _SOUND_LIKE_KEYS:
        return 0
    return len(_SOUND_LIKE_KEYS) - _SOUND_LIKE_KEYS.index(words[-1]) + (100 if len(words) == 1 else 0)
