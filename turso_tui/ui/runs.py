"""What a widget has under way."""

from textual.widget import Widget


def runs(widget: Widget, *groups: str) -> bool:
    """Whether one of its own workers in these groups is still at it."""
    return any(each.node is widget and each.group in groups and each.is_running for each in widget.workers)
