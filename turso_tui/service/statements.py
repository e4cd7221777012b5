"""From a text and its parameters to exactly one statement."""

from collections.abc import Mapping, Sequence

from turso_tui.errors import InputError
from turso_tui.sql.split import split
from turso_tui.values import Statement, Value

Parameters = Sequence[Value] | Mapping[str, Value]


def one_statement(sql: str, parameters: Parameters = ()) -> Statement:
    """Raises `InputError` unless ``sql`` is one statement.

    We split ourselves because sqld looks only one statement ahead and drops the error it finds there: it would run
    ``SELECT 1; SELEC`` and say nothing.
    """
    spans = split(sql)
    if not spans:
        raise InputError("There is no statement here.")
    if len(spans) > 1:
        raise InputError(f"These are {len(spans)} statements.", next_step="Run them one by one, or as a batch.")
    if isinstance(parameters, Mapping):
        return Statement(sql, named_args=parameters)
    return Statement(sql, args=parameters)
