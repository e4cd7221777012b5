"""A text as a QR code in characters: two modules in one, upper over lower."""

QUIET_MODULES = 2
"""The margin of light around the code; scanners want some, and a terminal has no room for the four of the standard."""

_HALVES = {(False, False): " ", (True, False): "▀", (False, True): "▄", (True, True): "█"}


def qr_lines(text: str) -> tuple[str, ...]:
    """The lines, equally long, with the quiet margin. A block is a dark module: draw them black on white."""
    import segno

    code = segno.make(text, error="l", micro=False, boost_error=False)
    rows = [[bool(module) for module in row] for row in code.matrix_iter(border=QUIET_MODULES)]
    if len(rows) % 2:
        rows.append([False] * len(rows[0]))
    return tuple(
        "".join(_HALVES[pair] for pair in zip(upper, lower, strict=True))
        for upper, lower in zip(rows[::2], rows[1::2], strict=True)
    )
