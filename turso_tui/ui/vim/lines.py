"""Lines of a text by offset."""


def line_start(text: str, at: int) -> int:
    return text.rfind("\n", 0, at) + 1


def line_end(text: str, at: int) -> int:
    """Where the line's break is, or the end of the text."""
    end = text.find("\n", at)
    return end if end >= 0 else len(text)


def last_of_line(text: str, at: int) -> int:
    """The last place that the cursor has in the normal mode."""
    return max(line_start(text, at), line_end(text, at) - 1)


def first_sign(text: str, at: int) -> int:
    """The first that is no white space in the line, else its last."""
    start, end = line_start(text, at), line_end(text, at)
    line = text[start:end]
    return min(start + len(line) - len(line.lstrip(" \t")), last_of_line(text, at))


def clamp(text: str, at: int) -> int:
    return min(max(at, 0), last_of_line(text, min(max(at, 0), len(text))))


def line_of(text: str, number: int) -> int:
    """Where line ``number`` (from 1) begins; the last one for one beyond it."""
    at = 0
    for _ in range(number - 1):
        end = text.find("\n", at)
        if end < 0:
            return at
        at = end + 1
    return at


def down(text: str, at: int, lines: int) -> int:
    """The beginning of the line so many further down (up when negative), as far as there are any."""
    start = line_start(text, at)
    for _ in range(abs(lines)):
        if lines > 0:
            end = text.find("\n", start)
            if end < 0:
                break
            start = end + 1
        elif start == 0:
            break
        else:
            start = line_start(text, start - 1)
    return start


def lines_down(text: str, at: int, count: int | None) -> int:
    """The last of ``count`` lines from this one on."""
    return down(text, at, (count or 1) - 1)
