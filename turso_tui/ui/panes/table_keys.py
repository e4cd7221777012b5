"""The keys of a table that is browsed."""

from textual.binding import Binding


def _key(keys: str, action: str, name: str, tooltip: str, *, show: bool = False) -> Binding:
    words = action.replace("stage('", "").replace("')", "").replace("(True)", " further")
    return Binding(keys, action, name, show=show, id=f"table.{words.replace(' ', '-')}", tooltip=tooltip)


READING = [
    _key("s", "sort", "Sort", "Sort by the column, at the server; again the other way; again not"),
    _key("S", "sort(True)", "Sort further", "Sort equal rows by the column too"),
    _key("f", "filter", "Filter", "Ask the server for some of the rows", show=True),
    _key("number_sign", "count", "Count", "Count the rows at the server"),
    _key("f9", "reread", "Read again", "Read the rows again"),
    _key("escape", "back", "Back", "Stop, or one step back"),
]

CHANGING = [
    _key("c", "edit", "Change", "Change the cell", show=True),
    _key("z,delete", "stage('null')", "NULL", "Set the cell to NULL"),
    _key("o", "stage('insert')", "New", "A new row below this one", show=True),
    _key("O", "stage('duplicate')", "Copy of the row", "A new row with the values of this one"),
    _key("d", "stage('delete')", "Delete", "Mark the row for deletion, or take the mark away", show=True),
    _key("u", "undo", "Undo", "Take the last change back; when there is none, what was applied last"),
    _key("U", "stage('redo')", "Redo", "Make the change again that was taken back"),
    _key("r", "stage('revert')", "Revert", "Take all changes of the row back"),
    _key("R", "stage('revert all')", "Revert all", "Take all changes of the table back"),
    _key("w", "review", "Review", "See what the changes would do, and apply them", show=True),
]

FOLLOWING = [
    _key("t", "follow", "To", "Go to the row that this cell refers to"),
    _key("T", "follow_back", "From", "Go to the rows that refer to this one"),
    _key("backspace,ctrl+h", "return", "Return", "Go back to where the reference was followed from"),
]
