"""What the README shows is tried, so that it stays true."""

import os
import re
import subprocess
import sys
from pathlib import Path

from turso_tui.local.server import LocalServer

README = (Path(__file__).parent.parent / "README.md").read_text()


def test_the_example_of_the_service_layer_runs(local_server: LocalServer) -> None:
    example = re.search(r"<!-- example -->\n```python\n(.*?)```", README, re.DOTALL)
    assert example

    ran = subprocess.run(
        [sys.executable, "-c", example.group(1)],
        env={**os.environ, "TURSO_API_BASEURL": local_server.url, "TURSO_API_TOKEN": local_server.token},
        capture_output=True,
        check=False,
        text=True,
        timeout=60,
    )

    assert ran.stderr == ""
    assert re.search(r"^\d+ rows read$", ran.stdout, re.MULTILINE)


def test_every_picture_is_there() -> None:
    pictures = re.findall(r"!\[[^\]]*\]\(([^)]+)\)", README)
    assert pictures
    assert all((Path(__file__).parent.parent / picture).is_file() for picture in pictures)
