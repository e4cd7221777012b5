"""The colours of the results grid: its component classes, and the styles that come of them."""

from rich.style import Style
from textual.widget import Widget

from turso_tui.ui.cells import CellKind
from turso_tui.ui.widgets.grid_lines import LineStyles, MarkKind

COMPONENTS = frozenset(
    {
        "result-grid--gutter",
        "result-grid--rule",
        "result-grid--header",
        "result-grid--header-type",
        "result-grid--cursor-row",
        "result-grid--cursor-cell",
        "result-grid--selected",
        "result-grid--selection-end",
        *(f"result-grid--{kind}" for kind in CellKind),
        *(f"result-grid--{kind}" for kind in MarkKind),
    }
)

CSS = """
    ResultGrid {
        height: 1fr;
        overflow-x: hidden;
        overflow-y: auto;
        scrollbar-size-vertical: 1;
        & > .result-grid--gutter { color: $muted; }
        & > .result-grid--rule { color: $rule; }
        & > .result-grid--header { text-style: bold; }
        & > .result-grid--header-type { color: $muted; }
        & > .result-grid--number { color: $cell-number; }
        & > .result-grid--null { color: $cell-null; text-style: italic; }
        & > .result-grid--empty { color: $cell-empty; text-style: italic; }
        & > .result-grid--blob { color: $cell-blob; }
        & > .result-grid--added { color: $good; }
        & > .result-grid--changed { color: $warning; text-style: underline; }
        & > .result-grid--removed { color: $bad; text-style: strike; }
        & > .result-grid--gone { color: $bad; }
        & > .result-grid--cursor-row { background: $panel; }
        & > .result-grid--cursor-cell { text-style: bold; }
        & > .result-grid--selected { background: $cursor-cell; color: $cursor-cell-text; }
        & > .result-grid--selection-end { text-style: bold reverse; }
        &:focus > .result-grid--cursor-row { background: $cursor-row; }
        &:focus > .result-grid--cursor-cell { background: $cursor-cell; color: $cursor-cell-text; text-style: bold; }
    }
"""


def line_styles(grid: Widget) -> LineStyles:
    def style(name: str) -> Style:
        return grid.get_component_rich_style(f"result-grid--{name}", partial=True)

    return LineStyles(
        base=grid.rich_style,
        gutter=style("gutter"),
        rule=style("rule"),
        header=style("header"),
        header_type=style("header-type"),
        kinds={kind: style(kind) for kind in CellKind},
        marks={kind: style(kind) for kind in MarkKind},
        cursor_row=style("cursor-row"),
        cursor_cell=style("cursor-cell"),
        selected=style("selected"),
        selection_end=style("selection-end"),
    )
