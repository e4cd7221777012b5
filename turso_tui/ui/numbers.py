"""Counts, sizes and times as a person reads them: the one place that decides how each looks."""

_UNITS = ("B", "kB", "MB", "GB", "TB", "PB", "EB")


def grouped(number: int) -> str:
    """``12 408``: thousands set apart by a space, which no locale reads as a decimal mark."""
    return f"{number:,}".replace(",", " ")


def bytes_size(count: int) -> str:
    """A size in decimal units, as Turso bills them: ``812 B``, ``14 kB``, ``12.9 MB``, ``131 GB``."""
    size = float(count)
    for unit in _UNITS:
        decimals = 1 if unit not in {"B", "kB"} and round(size, 1) < 100 else 0
        if round(size, decimals) < 1000:
            return f"{size:.{decimals}f} {unit}"
        size /= 1000
    return f"{size:.0f} ZB"


def duration(seconds: float) -> str:
    """A span of time in its two largest units: ``38 ms``, ``1.2 s``, ``2 m 5 s``, ``3 h 12 m``, ``6 d``."""
    if seconds < 0:
        return f"-{duration(-seconds)}"
    if 0 < seconds < 0.001:
        return "<1 ms"
    if round(seconds * 1000) < 1000:
        return f"{seconds * 1000:.0f} ms"
    if round(seconds, 1) < 60:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    days, hours = divmod(hours, 24)
    parts = [(days, "d"), (hours, "h"), (minutes, "m"), (rest, "s")]
    while not parts[0][0]:
        parts.pop(0)
    return " ".join(f"{amount} {unit}" for amount, unit in parts[:2] if amount)


def passing(seconds: float) -> str:
    """A span that is looked at while it passes: ``12 s``, then ``14 m``.

    A number that changed every second would be sent to the terminal every second.
    """
    if seconds >= 60:
        return duration(60 * round(seconds / 60))
    return f"{max(0, int(seconds))} s"
