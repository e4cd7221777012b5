"""A first paint waits for no protocol and no SQLite: what an import drags along, seen from a fresh interpreter."""

import subprocess
import sys

import pytest

HEAVY = ("httpx", "apsw", "cryptography", "jwt", "uvicorn", "starlette", "turso_tui.local")

PROGRAM = """
import importlib, sys
module, *unwanted = sys.argv[1:]
importlib.import_module(module)
print(*(name for name in unwanted if name in sys.modules))
"""


def loaded_with(module: str, *unwanted: str) -> list[str]:
    command = [sys.executable, "-c", PROGRAM, module, *unwanted]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()


@pytest.mark.parametrize("module", ["turso_tui.service", "turso_tui.cli"])
def test_asking_for_help_or_a_name_costs_nothing(module: str) -> None:
    assert loaded_with(module, "textual", "msgspec", *HEAVY) == []


def test_the_screen_is_painted_before_anything_is_connected() -> None:
    assert loaded_with("turso_tui.ui.app", *HEAVY) == []


def test_the_service_layer_works_without_a_screen() -> None:
    program = "import sys\nfrom turso_tui.service import *\nprint('textual' in sys.modules)"
    result = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert result.stdout == "False\n"


def test_every_public_name_is_there() -> None:
    from turso_tui import service

    assert all(getattr(service, name).__name__ == name for name in service.__all__)
    with pytest.raises(AttributeError, match="nonsense"):
        _ = service.nonsense
