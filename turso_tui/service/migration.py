"""From the difference of two schemas to the SQL that ends it: a proposal, to be read before it runs."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from turso_tui.service.ddl import drop, why_not_dropped
from turso_tui.service.rebuild import Surroundings, keys_matter, replacement, surroundings, transaction
from turso_tui.service.schema import Index, Schema, Table, TableKind, Trigger
from turso_tui.service.schema_diff import Change, Detail, Difference, SchemaDiff
from turso_tui.sql.definition import Part, TableText, canonical, read_table
from turso_tui.sql.facts import quote_identifier


def propose(diff: SchemaDiff, *, drops: bool = False) -> str:
    """The script that makes ``before`` like ``after``; empty when nothing needs to be done.

    Without ``drops``, what only ``before`` has stays: what would delete it is written as a comment.
    """
    return _Migration(diff, drops).script()


class _Migration:
    """Sorts the differences by what has to happen before what."""

    def __init__(self, diff: SchemaDiff, drops: bool) -> None:
        self._schema, self._drops = diff.before, drops
        self._differences = diff.differences
        self._held: list[str] = []
        self._gone = {each.name.lower() for each in self._of("table") if each.change is Change.REMOVED and drops} | {
            each.name.lower() for each in self._of("table") if drops and _is_made_anew(each)
        }
        self._reduced = self._without_what_goes()
        self._altered: dict[str, list[str]] = {}
        self._rebuilt: dict[str, list[str]] = {}
        self._texts: dict[str, TableText] = {}
        for each in self._of("table"):
            if each.change is Change.CHANGED:
                self._change(each)
        names = [*self._rebuilt, *self._gone, *(each.name for each in self._of("view") if self._goes(each))]
        self._around = surroundings(self._schema, *names) if names else Surroundings((), ())

    def _of(self, kind: str) -> list[Difference]:
        return [each for each in self._differences if each.kind == kind]

    def _goes(self, difference: Difference) -> bool:
        return difference.change is Change.CHANGED or (difference.change is Change.REMOVED and self._drops)

    def _without_what_goes(self) -> Schema:
        going = {id(each.before) for each in self._differences if each.kind != "table" and self._goes(each)}
        return replace(
            self._schema,
            tables=tuple(each for each in self._schema.tables if id(each) not in going),
            indexes=tuple(each for each in self._schema.indexes if id(each) not in going),
            triggers=tuple(each for each in self._schema.triggers if id(each) not in going),
        )

    def _change(self, difference: Difference) -> None:
        before, after = difference.before, difference.after
        if not isinstance(before, Table) or not isinstance(after, Table):
            return
        if _is_made_anew(difference):
            if not self._drops:
                self._held += [drop("table", before.name), after.sql]
            return
        alters = self._alters(before, difference.details)
        name = before.name.lower()
        if alters is not None:
            self._altered[name] = alters
            return
        text = read_table(after.sql)
        if text is None:
            return
        kept = (
            [] if self._drops else [each for each in difference.details if each.name and each.change is Change.REMOVED]
        )
        for each in kept:
            text = text.with_column(_kept_column(before, each, text))
            self._held.append(f"ALTER TABLE {quote_identifier(before.name)} DROP COLUMN {quote_identifier(each.name)};")
        self._texts[name] = text
        self._rebuilt[name] = replacement(self._schema, before, text)

    def _alters(self, table: Table, details: Sequence[Detail]) -> list[str] | None:
        """ALTER TABLE for each detail; None where one of them needs the table to be written anew."""
        name = quote_identifier(table.name)
        statements: list[str] = []
        for each in sorted(details, key=lambda each: each.change is Change.ADDED):
            if not each.name or each.change is Change.CHANGED:
                return None
            if each.change is Change.ADDED:
                if not can_be_added(each.after):
                    return None
                statements.append(f"ALTER TABLE {name} ADD COLUMN {each.after}")
            elif self._drops and why_not_dropped(self._reduced, table, each.name):
                return None
            else:
                dropped = f"ALTER TABLE {name} DROP COLUMN {quote_identifier(each.name)}"
                (statements if self._drops else self._held).append(dropped)
        # A table keeps one column at all times.
        return (
            [*reversed(statements)]
            if len(table.columns) == sum("DROP COLUMN" in each for each in statements)
            else statements
        )

    # --- the script

    def script(self) -> str:
        statements = [*self._going(), *self._tables(), *self._coming()]
        held = self._held_back()
        if not statements:
            return held
        script = transaction(statements, keys_matter=self._keys_matter())
        return f"{script}\n{held}" if held else script

    def _keys_matter(self) -> bool:
        for table in self._schema.tables:
            name = table.name.lower()
            if name in self._rebuilt.keys() | self._gone and keys_matter(self._schema, table, self._texts.get(name)):
                return True
        return False

    def _going(self) -> Iterator[str]:
        """What is dropped before the tables change: what is to be another, and what stands in the way."""
        around = self._around
        views = {view.name: view for view in around.views}
        views |= {
            each.name: each.before for each in self._of("view") if self._goes(each) and isinstance(each.before, Table)
        }
        triggers = {trigger.name: trigger for trigger in around.triggers}
        for each in self._of("trigger"):
            if self._goes(each) and isinstance(each.before, Trigger):
                triggers[each.before.name] = each.before
        vanishing = {name.lower() for name in views} | self._rebuilt.keys() | self._gone
        for trigger in triggers.values():
            yield drop("trigger", trigger.name)
        for name in views:
            yield drop("view", name)
        for each in self._of("index"):
            if self._goes(each) and isinstance(each.before, Index) and each.before.table.lower() not in vanishing:
                yield drop("index", each.before.name)
        for table in self._schema.tables:
            if table.name.lower() in self._gone:
                yield drop("table", table.name)

    def _tables(self) -> Iterator[str]:
        for each in self._of("table"):
            if isinstance(each.after, Table) and (
                each.change is Change.ADDED or (_is_made_anew(each) and each.name.lower() in self._gone)
            ):
                yield each.after.sql
        for statements in (*self._altered.values(), *self._rebuilt.values()):
            yield from statements

    def _coming(self) -> Iterator[str]:
        """What is made behind the tables: what is new or another, and what only stood in the way."""
        changed = {each.before.name.lower() for each in self._differences if each.before and self._goes(each)}
        for index in self._schema.indexes:
            if index.table.lower() in self._rebuilt and index.name.lower() not in changed:
                yield index.sql
        yield from self._made("index")
        yield from (view.sql for view in self._around.views if view.name.lower() not in changed)
        yield from self._made("view")
        for trigger in self._around.triggers:
            if trigger.name.lower() not in changed and trigger.table.lower() not in self._lost():
                yield trigger.sql
        yield from self._made("trigger")

    def _lost(self) -> set[str]:
        """The tables and views that are gone for good, on which no trigger can be."""
        removed = (each for each in self._differences if each.change is Change.REMOVED and self._drops)
        added = {each.name.lower() for each in self._differences if each.change is Change.ADDED}
        return {each.name.lower() for each in removed if each.kind in {"table", "view"}} - added

    def _made(self, kind: str) -> Iterator[str]:
        for each in self._of(kind):
            if each.after is not None:
                yield each.after.sql

    def _held_back(self) -> str:
        if self._drops:
            return ""
        removed = [each for each in self._differences if each.change is Change.REMOVED]
        lines = [*self._held, *(drop(each.kind, each.name) for each in removed)]
        return "\n".join(["-- Only this database has these; they stay:", *map(_comment, lines)]) if lines else ""


def _is_made_anew(difference: Difference) -> bool:
    """Whether a table can only be dropped and made again, its rows lost: a virtual one on either side."""
    sides = [each for each in (difference.before, difference.after) if isinstance(each, Table)]
    return difference.change is Change.CHANGED and any(side.kind is TableKind.VIRTUAL for side in sides)


def _kept_column(table: Table, detail: Detail, among: TableText) -> str:
    """A column that stays beside those of another table, which has a key of its own, and is STRICT perhaps."""
    text = read_table(table.sql)
    part = text.column(detail.name) if text is not None else None
    if text is None or part is None:
        return detail.before
    kept = [said for said, clause in zip(text.clauses(part), part.clauses, strict=True) if clause.word != "PRIMARY"]
    type_ = text.type(part)
    if ("strict",) in among.options and not table.strict:  # which takes whatever a loose column holds
        type_ = "ANY"
    return " ".join([quote_identifier(detail.name), *([type_] if type_ else []), *kept])


def can_be_added(column: str) -> bool:
    """Whether ALTER TABLE … ADD COLUMN takes a column with this text."""
    text = read_table(f"CREATE TABLE t(x, {column})")
    if text is None:
        return False
    part = text.columns[-1]
    words = {clause.word for clause in part.clauses}
    means = [canonical(said) for said in text.clauses(part)]
    if any("primary" in said or "unique" in said or "stored" in said for said in means):
        return False
    default = _default(text, part)
    if default[:1] == ("(",) or any(word.startswith("current_") for word in default):
        return False
    is_null = default in ((), ("null",))
    must_not_be_null = any("not" in said and "null" in said and "check" not in said for said in means)
    return not (must_not_be_null and is_null and not words & {"GENERATED", "AS"}) and (
        "REFERENCES" not in words or is_null
    )


def _default(text: TableText, part: Part) -> tuple[str, ...]:
    for said in text.clauses(part):
        means = canonical(said)
        if "default" in means[:3:2]:
            return means[means.index("default") + 1 :]
    return ()


def _comment(sql: str) -> str:
    return "\n".join(f"-- {line}" for line in sql.rstrip().rstrip(";").splitlines()) + ";"
