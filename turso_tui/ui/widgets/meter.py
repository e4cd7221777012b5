"""A quota as a row of small blocks, in text alone: readable without colour and cheap to send."""

FULL = "▰"
EMPTY = "▱"


def meter(fraction: float, width: int = 10) -> str:
    """``width`` cells, filled by ``fraction`` (0 to 1; anything outside is drawn as the nearest end).

    What is used at all shows at least one full block, and only what is used up shows no empty one.
    """
    filled = int(min(max(fraction, 0.0), 1.0) * width)
    if fraction > 0:
        filled = max(filled, 1)
    return FULL * filled + EMPTY * (width - filled)
