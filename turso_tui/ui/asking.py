"""A question in front of the screen, which goes away with whoever asked it."""

import asyncio
from typing import Any, TypeVar

from textual.app import App
from textual.screen import Screen

Answer = TypeVar("Answer")


async def ask(app: App[Any], screen: Screen[Answer]) -> Answer | None:
    """What ``screen`` answers. Cancelling takes the question away unanswered, as esc does."""
    answer: asyncio.Future[Answer | None] = asyncio.get_running_loop().create_future()

    def answered(result: Answer | None) -> None:
        if not answer.done():
            answer.set_result(result)

    app.push_screen(screen, answered)
    try:
        return await answer
    except asyncio.CancelledError:
        if screen.is_attached and screen.is_current:
            screen.dismiss(None)
        raise
