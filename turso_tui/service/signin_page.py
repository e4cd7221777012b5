"""The page that a browser shows when it has come back from a sign-in."""

from html import escape

from turso_tui.printable import printable

_PAGE = """\
<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="dark light">
<link rel="icon" href="data:,">
<title>{title} · turso-tui</title>
<style>
  :root {{ --back: #0a1216; --fore: #d5e4e3; --quiet: #8aa5ad; --line: #24404a; --accent: {accent}; }}
  @media (prefers-color-scheme: light) {{
    :root {{ --back: #f6faf9; --fore: #12292d; --quiet: #4c6870; --line: #c4d8d6; --accent: {light_accent}; }}
  }}
  body {{ margin: 0; min-height: 100vh; display: grid; place-items: center; background: var(--back);
         color: var(--fore); font: 1rem/1.6 ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; }}
  main {{ max-width: 36rem; margin: 1.5rem; padding: 2rem 2.5rem; border: 1px solid var(--line);
         border-top: 3px solid var(--accent); border-radius: 6px; }}
  h1 {{ margin: 0 0 .75rem; font-size: 1.15rem; color: var(--accent); }}
  p {{ margin: .5rem 0; overflow-wrap: anywhere; }}
  p + p {{ color: var(--quiet); }}
</style>
<main>
<h1>{title}</h1>
{paragraphs}
</main>
</html>
"""


def success_page() -> str:
    """The token has come back to the program."""
    return _page("Back in the terminal", "turso-tui has its token.", "You can close this tab.", is_good=True)


def failure_page(title: str, *paragraphs: str) -> str:
    """Something else has come back, or too late; the paragraphs may hold anything."""
    return _page(title, *paragraphs, is_good=False)


def _page(title: str, *paragraphs: str, is_good: bool) -> str:
    accent, light_accent = ("#4ff8d2", "#00796b") if is_good else ("#ff6b6b", "#b3261e")
    written = "\n".join(f"<p>{escape(printable(text))}</p>" for text in paragraphs if text)
    return _PAGE.format(title=escape(printable(title)), paragraphs=written, accent=accent, light_accent=light_accent)
