"""What a new account starts with: who is in it (`plant`), and what is in its databases (`build`)."""

from __future__ import annotations

from typing import Literal, TypeAlias

from turso_tui.local.control.keys import KeyRing
from turso_tui.local.control.store import Account
from turso_tui.local.seed import demo
from turso_tui.local.seed.planting import Planting
from turso_tui.local.seed.recipes import build

__all__ = ["SeedName", "build", "plant"]

SeedName: TypeAlias = Literal["empty", "demo"]

_PLANTED = "organization"


def plant(account: Account, keys: KeyRing, seed: SeedName, tenants: int, now: int) -> str:
    """Fills an account that is new and leaves any other alone. Returns the organization to begin with.

    ``empty`` is what a new user has: a personal organization with a group, no databases.
    """
    known = account.setting(_PLANTED)
    if known is not None:
        return known
    planting = Planting(now)
    slug = demo.plan(planting, tenants) if seed == "demo" else _plan_empty(planting)
    with account.transaction():
        account.add(*planting.organizations, *planting.groups, *planting.databases)
        keys.create(*(group.uuid for group in planting.groups))
        account.remember(_PLANTED, slug)
    return slug


def _plan_empty(planting: Planting) -> str:
    you = planting.organization("you", "You", type="personal", plan="starter")
    planting.group(you, "default")
    return you.slug
