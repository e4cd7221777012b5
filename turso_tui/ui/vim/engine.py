"""The modes: which key means what, what was done last, and what one undo takes back."""

from dataclasses import replace

from turso_tui.ui.vim import changes
from turso_tui.ui.vim.changes import Change, Span
from turso_tui.ui.vim.ex import Misunderstood, run_ex
from turso_tui.ui.vim.grammar import Command, Move, Unfinished, Unknown, parse
from turso_tui.ui.vim.history import UndoGroups
from turso_tui.ui.vim.host import Host
from turso_tui.ui.vim.lines import clamp, line_start, lines_down
from turso_tui.ui.vim.mode import ARROWS, SHORT, SHORT_VISUAL, TAKEN, Mode
from turso_tui.ui.vim.motions import Memory, Target, search, target
from turso_tui.ui.vim.objects import text_object
from turso_tui.ui.vim.registers import Registers
from turso_tui.ui.vim.spans import covered, shown, taken
from turso_tui.ui.vim.typed import Typed


class Vim:
    """Begins in the normal mode. It holds no text: that is the host's."""

    def __init__(self, host: Host) -> None:
        self._host = host
        self.mode = Mode.NORMAL
        self._keys: list[str] = []
        self._line = ""
        self._line_from = Mode.NORMAL
        self._memory = Memory()
        self._registers = Registers(host)
        self._undo = UndoGroups(host)
        self._anchor = self._head = 0
        self._kept_at = -1
        self._marked: tuple[int, int, Mode] | None = None
        self._last: Command | None = None
        self._last_span: tuple[int, bool] | None = None
        self._typed = Typed(host)

    @property
    def status(self) -> str:
        """The mode as it is shown, or the line that is typed, and the keys that wait for more."""
        if self.mode is Mode.COMMAND:
            return f"{self._line}▏"
        return f"{self.mode} {''.join(self._keys)}".rstrip()

    def key(self, key: str, character: str | None) -> bool:
        """Whether the key was ours; others do what they always do."""
        sign = character if character is not None and character.isprintable() else key
        if self.mode is Mode.COMMAND:
            return self._line_key(sign)
        if self.mode is Mode.INSERT:
            if key == "escape":
                self._leave_insert()
            return key == "escape"
        self._look()
        if key == "escape":
            return self._escape()
        if self._is_visual:
            sign = ARROWS.get(sign, sign)
        if len(sign) > 1 and sign not in TAKEN:
            self._keys.clear()
            return False
        self._keys.append(sign)
        try:
            command = parse(self._keys, visual=self._is_visual)
        except Unfinished:
            return True
        except Unknown:
            self._keys.clear()
            return True
        self._keys.clear()
        self._run(command)
        return True

    def leave(self) -> None:
        """To the normal mode, whatever was begun."""
        if self.mode is Mode.INSERT:
            self._leave_insert()
        elif self.mode is not Mode.NORMAL:
            self._to_normal(self._cursor())
        self._keys.clear()

    def forget(self) -> None:
        """The text is another one."""
        self.mode = Mode.NORMAL
        self._keys.clear()
        self._undo.forget()

    # --- where one is

    @property
    def _is_visual(self) -> bool:
        return self.mode in {Mode.VISUAL, Mode.VISUAL_LINE}

    def _cursor(self) -> int:
        return self._head if self._is_visual else self._host.selection[1]

    def _look(self) -> None:
        """What the mouse or another key has selected meanwhile is what is meant."""
        anchor, cursor = self._host.selection
        if self._is_visual and (anchor, cursor) == shown(self._host.text, self._anchor, self._head, self.mode):
            return
        if anchor == cursor:
            self.mode = Mode.NORMAL
            return
        self.mode = Mode.VISUAL
        self._anchor, self._head = (anchor, cursor - 1) if anchor < cursor else (anchor - 1, cursor)

    def _show(self) -> None:
        if self._is_visual:
            self._host.select(*shown(self._host.text, self._anchor, self._head, self.mode))
        else:
            self._host.select(self._cursor(), self._cursor())

    def _place(self, at: int) -> None:
        """The cursor, which in the normal mode is on a sign."""
        at = clamp(self._host.text, at)
        self._host.select(at, at)

    def _to_normal(self, at: int) -> None:
        if self._is_visual:
            self._marked = self._anchor, self._head, self.mode
        self.mode = Mode.NORMAL
        self._place(at)

    def _escape(self) -> bool:
        """One step back; not ours when there is none."""
        if self._keys:
            self._keys.clear()
        elif self._is_visual:
            self._to_normal(self._head)
        else:
            return False
        return True

    # --- commands

    def _run(self, command: Command) -> None:
        if command.name == ".":
            self._repeat(command.count)
        elif self._is_visual:
            self._run_visual(command)
        else:
            self._run_normal(command)

    def _run_normal(self, command: Command) -> None:
        if command.name in SHORT:
            operator, move = SHORT[command.name]
            command = replace(command, name=operator, move=Move(move))
        text, at, times = self._host.text, self._cursor(), command.count or 1
        if command.name == "move":
            self._go(command)
        elif command.move is not None:
            self._operate_with_move(command)
        elif command.name in "iIaA":
            self._remember(command)
            self._insert_at(changes.insertion(command.name, text, at), times)
        elif command.name in {"o", "O"}:
            self._remember(command)
            self._insert_with(changes.opened(text, at, above=command.name == "O"))
        elif command.name in {"u", "ctrl+r"}:
            (self._undo.undo if command.name == "u" else self._undo.redo)(times)
            self._place(min(self._host.selection))
        elif command.name in {"v", "V", "gv"}:
            self._begin_visual(command.name)
        elif command.name in {":", "/", "?"}:
            self._begin_line(command.name)
        else:
            self._remember(command)
            self._change(changes.simple(command, text, at, self._registers.get(command.register)))

    def _run_visual(self, command: Command) -> None:
        name = command.name
        if name in {"move", "select"}:
            self._extend(command)
        elif name in {"v", "V"}:
            mode = Mode.VISUAL if name == "v" else Mode.VISUAL_LINE
            if self.mode is mode:
                self._to_normal(self._head)
            else:
                self.mode = mode
                self._show()
        elif name == "o":
            self._anchor, self._head = self._head, self._anchor
            self._show()
        elif name in {":", "/", "?"}:
            self._begin_line(name)
        else:
            self._operate_visual(command)

    def _go(self, command: Command) -> None:
        goal = self._target(command.move, command.count)
        if goal is not None:
            self._place(goal.at)
            self._keep_column(command.move)

    def _target(self, move: Move | None, count: int | None) -> Target | None:
        text, at = self._host.text, self._cursor()
        if move is None:
            return None
        if move.name in {"j", "k"} and at != self._kept_at:
            self._memory.column = at - line_start(text, at)
        return target(move, text, at, count, self._memory)

    def _keep_column(self, move: Move | None) -> None:
        """j and k go on in the column that one came from, as long as nothing else has moved the cursor."""
        self._kept_at = self._cursor() if move is not None and move.name in {"j", "k", "$"} else -1

    def _extend(self, command: Command) -> None:
        text, move = self._host.text, command.move
        if command.name == "select" and move is not None:
            found = text_object(move.name, text, self._head, self._host.statement)
            if found is None or found[0][0] >= found[0][1]:
                return
            (self._anchor, end), lines = found
            self._head = end - 1
            self.mode = Mode.VISUAL_LINE if lines else self.mode
        else:
            goal = self._target(move, command.count)
            if goal is None:
                return
            self._head = clamp(text, goal.at)
            self._keep_column(move)
        self._show()

    def _begin_visual(self, name: str) -> None:
        self.mode = Mode.VISUAL_LINE if name == "V" else Mode.VISUAL
        self._anchor = self._head = self._host.selection[1]
        if name == "gv" and self._marked is not None:
            end = max(0, len(self._host.text) - 1)
            anchor, head, self.mode = self._marked
            self._anchor, self._head = min(anchor, end), min(head, end)
        self._show()

    # --- operators

    def _operate_with_move(self, command: Command) -> None:
        span = taken(command, self._host, self._cursor(), self._target, self._memory)
        if span is None:
            return
        if command.name != "y":
            self._remember(command)
        self._operate(command, span)

    def _operate_visual(self, command: Command) -> None:
        text = self._host.text
        name, whole = SHORT_VISUAL.get(command.name, (command.name, False))
        span = covered(text, self._anchor, self._head, whole=whole or self.mode is Mode.VISUAL_LINE)
        self._to_normal(span.start)
        if name in {"p", "P"}:
            register = self._registers.get(command.register)
            self._registers.put('"', changes.register_of(text, span))
            new = register.text.removesuffix("\n") + "\n" * (span.lines or register.lines)
            self._change(Change(span.start, span.end, new, span.start))
        elif name == "J":
            lines = text.count("\n", span.start, max(span.start, span.end - 1)) + 1
            self._change(changes.joined(text, span.start, lines))
        elif name == "r":
            new = "".join(sign if sign == "\n" else command.argument for sign in text[span.start : span.end])
            self._change(Change(span.start, span.end, new, span.start))
        else:
            command = replace(command, name=name)
            if name != "y":
                self._remember(command)
                size = (
                    text.count("\n", span.start, max(span.start, span.end - 1)) if span.lines else span.end - span.start
                )
                self._last_span = size, span.lines
            self._operate(command, span)

    def _operate(self, command: Command, span: Span) -> None:
        text, name = self._host.text, command.name
        if name in {"d", "c", "y"}:
            self._registers.put(command.register, changes.register_of(text, span))
        match name:
            case "y":
                self._place(self._cursor() if span.lines and self._cursor() <= span.end else span.start)
            case "d":
                self._change(changes.deleted(text, span))
            case "c":
                self._insert_with(changes.emptied(text, span))
            case ">" | "<":
                self._change(changes.shifted(text, span, 1 if name == ">" else -1))
            case "=":
                self._change(
                    Change(span.start, span.end, self._host.formatted(text[span.start : span.end]), span.start)
                )
            case _:
                self._change(changes.recased(text, span, name))

    # --- changes

    def _remember(self, command: Command) -> None:
        self._last, self._last_span, self._typed.text = command, None, ""

    def _change(self, change: Change | None) -> None:
        if change is None:
            return
        self._undo.begin()
        if self._host.text[change.start : change.end] != change.text:
            self._host.replace(change.start, change.end, change.text)
        self._undo.end()
        self._place(change.cursor)

    def _insert_with(self, change: Change) -> None:
        self._undo.begin()
        if self._host.text[change.start : change.end] != change.text:
            self._host.replace(change.start, change.end, change.text)
        self._insert_at(change.cursor, 1, begun=True)

    def _insert_at(self, at: int, times: int, *, begun: bool = False) -> None:
        if not begun:
            self._undo.begin()
        self.mode = Mode.INSERT
        self._typed.begin(at, times)

    def _leave_insert(self) -> None:
        self.mode = Mode.NORMAL
        at = self._typed.end()
        self._undo.end()
        self._place(at)

    def _repeat(self, count: int | None) -> None:
        command, span, typed = self._last, self._last_span, self._typed.text
        if command is None:
            return
        if count is not None:
            command = replace(command, count=count)
        if span is None:
            self._run_normal(command)
        else:
            self._operate(command, self._span_like(*span))
        if self.mode is Mode.INSERT:
            self._typed.write(typed)
            self._leave_insert()
        self._last, self._last_span, self._typed.text = command, span, typed

    def _span_like(self, size: int, lines: bool) -> Span:
        text, at = self._host.text, self._cursor()
        if lines:
            return changes.lines_of(text, at, lines_down(text, at, size + 1))
        return Span(at, min(at + size, len(text)))

    # --- the line

    def _begin_line(self, sign: str) -> None:
        self._line_from = self.mode
        self._line = ":'<,'>" if sign == ":" and self._is_visual else sign
        if sign == ":":
            self._to_normal(self._cursor())
        self.mode = Mode.COMMAND

    def _line_key(self, sign: str) -> bool:
        if sign == "enter":
            line, self.mode = self._line, self._line_from if self._line[0] != ":" else Mode.NORMAL
            self._submit(line)
        elif sign == "escape" or (sign == "backspace" and len(self._line) == 1):
            self.mode = self._line_from if self._line[0] != ":" else Mode.NORMAL
        elif sign == "backspace":
            self._line = self._line[:-1]
        elif len(sign) == 1:
            self._line += sign
        else:
            return False
        return True

    def _submit(self, line: str) -> None:
        if line[0] == ":":
            try:
                marked = self._marked[:2] if self._marked is not None else None
                self._change(run_ex(line[1:], self._host, self._cursor(), marked, self._memory))
            except Misunderstood as error:
                self._host.say(str(error))
            return
        self._memory.search = line[1:] or self._memory.search
        self._memory.backwards = line[0] == "?"
        goal = search(self._host.text, self._cursor(), 1, self._memory)
        if goal is None:
            self._host.say(f"“{self._memory.search}” is nowhere in the text.")
        elif self._is_visual:
            self._head = goal.at
            self._show()
        else:
            self._place(goal.at)
