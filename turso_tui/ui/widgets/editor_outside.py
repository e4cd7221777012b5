"""The editor's text in the person's own editor."""

from typing import TYPE_CHECKING

from turso_tui.errors import TursoTuiError
from turso_tui.printable import printable
from turso_tui.ui.outside import edit_outside
from turso_tui.ui.problems import in_words
from turso_tui.ui.widgets.editor_text import with_line_feeds

if TYPE_CHECKING:
    from turso_tui.ui.widgets.editor import SqlEditor


async def edit_whole(editor: "SqlEditor") -> None:
    """What comes back is one step that can be taken back. Run by a worker: it waits for the person."""
    before = editor.text
    try:
        after = with_line_feeds(await edit_outside(editor.app, before))
    except TursoTuiError as error:
        editor.notify(printable(" ".join(in_words(error))), severity="warning", markup=False)
        return
    if after != before:
        cursor = editor.cursor_location
        editor.replace(after, editor.document.start, editor.document.end)
        editor.move_cursor(editor.clamp_visitable(cursor))
