"""The editor's document against counting everything again."""

from hypothesis import given
from hypothesis import strategies as st

from turso_tui.ui.widgets.editor_document import SqlDocument, UnwrappedDocument

TEXTS = st.text(alphabet="ab\n\té日", max_size=30)


@given(TEXTS, st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40), TEXTS), max_size=5))
def test_offsets_and_widths_follow_every_edit(text: str, edits: list[tuple[int, int, str]]) -> None:
    document = SqlDocument(text)
    wrapped = UnwrappedDocument(document, tab_width=2)
    wrapped.wrap(0, 2)
    for one, other, new in edits:
        start, end = sorted((min(one, len(document.text)), min(other, len(document.text))))
        places = [(line := document.line_with(offset), offset - document.start_of(line)) for offset in (start, end)]
        before = document.text
        assert places == [(before.count("\n", 0, at), at - before.rfind("\n", 0, at) - 1) for at in (start, end)]
        result = document.replace_range(places[0], places[1], new)
        wrapped.wrap_range(places[0], places[1], result.end_location)
        assert document.text == before[:start] + new + before[end:]
        assert wrapped.height == document.line_count
        assert document.get_size(2) == SqlDocument(document.text).get_size(2)
        assert [document.start_of(line) for line in range(document.line_count)] == [
            sum(len(each) + 1 for each in document.lines[:line]) for line in range(document.line_count)
        ]
