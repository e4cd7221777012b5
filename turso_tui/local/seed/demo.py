"""The demo account: a company whose every customer has an AI agent with a database of its own, and a person."""

from __future__ import annotations

from turso_tui.local.control.records import Group, Organization
from turso_tui.local.seed.planting import Planting

EMPTY_EVERY = 40
"""Every so many agents were created and never spoken to: no tables."""

BLOCKED = {13, 42}
"""Agents whose writes are blocked."""


def plan(planting: Planting, tenants: int) -> str:
    """Returns the organization to begin with. Files are made later, one by one (`recipes.build`)."""
    acme = planting.organization("acme", "Acme", type="team", plan="scaler", overages=True)
    you = planting.organization("you", "You", type="personal", plan="starter")
    _plan_acme(planting, acme, tenants)
    _plan_you(planting, you)
    return acme.slug


def _plan_acme(planting: Planting, acme: Organization, tenants: int) -> None:
    default = planting.group(acme, "default")
    eu = planting.group(acme, "eu")
    archive = planting.group(acme, "archive", archived=True)
    lab = planting.group(acme, "lab")
    for number in range(1, tenants + 1):
        _plan_agent(planting, acme, eu if number % 4 == 0 else default, number)
    for number in range(1, 7):
        planting.database(acme, archive, f"pilot-{number}", "agent")
    planting.database(acme, default, "billing", "billing", delete_protection=True)
    planting.database(acme, default, "telemetry", "telemetry")
    planting.database(acme, lab, "ugly", "ugly")
    planting.database(acme, lab, "staging", "agent")
    planting.database(acme, lab, "scratch")


def _plan_agent(planting: Planting, acme: Organization, group: Group, number: int) -> None:
    planting.database(
        acme,
        group,
        f"agent-{number:04}",
        "" if number % EMPTY_EVERY == 0 else "agent",
        block_writes=number in BLOCKED,
        delete_protection=number == 1,
    )


def _plan_you(planting: Planting, you: Organization) -> None:
    default = planting.group(you, "default")
    planting.database(you, default, "notes", "notes")
    planting.database(you, default, "playground")
