"""Going elsewhere by typing a few letters of it."""

from pathlib import Path

import pytest
from textual.pilot import Pilot

from tests.ui.stage import StagedApp
from turso_tui.service.profiles import AccountProfile, FileProfile, Profile, RemoteProfile
from turso_tui.service.services import API_URL
from turso_tui.ui.screens.choice import Choice
from turso_tui.ui.screens.go_to import GoTo, GoToDoors, GoToOrganization, GoToProfile, GoToScreen

ORGANIZATIONS = [Choice("acme", "acme", "team"), Choice("ada", "ada", "personal")]
PROFILES: list[Profile] = [
    AccountProfile("ada", API_URL, "ada"),
    FileProfile("notes", "/srv/notes.db"),
    RemoteProfile("edge", "libsql://edge-acme.turso.io"),
]


async def shown(pilot: Pilot[None]) -> tuple[GoToScreen, list[GoTo | None]]:
    answers: list[GoTo | None] = []
    screen = GoToScreen(ORGANIZATIONS, PROFILES, organization="acme", profile="ada")
    await pilot.app.push_screen(screen, answers.append)
    await pilot.pause()
    return screen, answers


def lines(screen: GoToScreen) -> list[str]:
    return [" ".join(str(option.prompt).split()) for option in screen.listing.options]


async def test_it_lists_everything_but_the_profile_that_is_open_and_marks_where_one_is(tmp_path: Path) -> None:
    async with StagedApp(tmp_path).run_test(size=(80, 24)) as pilot:
        screen, _ = await shown(pilot)
        assert lines(screen) == [
            "Organizations of this account",
            "▌ acme team",
            "ada personal",
            "Other profiles",
            "notes /srv/notes.db",
            "edge edge-acme.turso.io · no token",
            "Sign in or open something else…",
        ]


@pytest.mark.parametrize(
    ("keys", "goal"),
    [
        (["down", "enter"], GoToOrganization("ada")),
        ([*"not", "enter"], GoToProfile("notes")),
        (["down", "down", "down", "enter"], GoToProfile("edge")),
        (["up", "enter"], GoToDoors()),
        ([*"nothing like it", "enter"], GoToDoors()),
        (["x", "escape", "enter"], GoToOrganization("acme")),
        (["escape"], None),
    ],
    ids=["an organization", "typed", "arrows", "the last", "no match", "clearing", "leaving"],
)
async def test_keys_lead_there(tmp_path: Path, keys: list[str], goal: GoTo | None) -> None:
    async with StagedApp(tmp_path).run_test(size=(80, 24)) as pilot:
        _, answers = await shown(pilot)
        await pilot.press(*keys)
        await pilot.pause()

        assert answers == [goal]


async def test_what_matches_best_is_chosen_and_its_host_counts_too(tmp_path: Path) -> None:
    async with StagedApp(tmp_path).run_test(size=(80, 24)) as pilot:
        screen, _ = await shown(pilot)
        await pilot.press(*"acme")
        await pilot.pause()

        assert lines(screen)[1] == "▌ acme team"
        assert screen.listing.highlighted == 1
        assert "edge edge-acme.turso.io · no token" in lines(screen)


async def test_a_click_goes_there(tmp_path: Path) -> None:
    async with StagedApp(tmp_path).run_test(size=(80, 24)) as pilot:
        screen, answers = await shown(pilot)
        await pilot.click(screen.listing, offset=(4, 2))
        await pilot.pause()

        assert answers == [GoToOrganization("ada")]
