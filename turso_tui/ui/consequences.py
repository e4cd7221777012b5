"""What rotating a key or revoking a token ends, in sentences and with counts."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from turso_tui.service.known_tokens import KnownToken, Origin
from turso_tui.service.token_office import reached_by
from turso_tui.tokens import read_claims
from turso_tui.ui.numbers import grouped
from turso_tui.ui.screens.token_target import TokenTarget

if TYPE_CHECKING:
    from turso_tui.service.issuing import Rotation

IN_USE = "This program is signed in with it: you will have to sign in again."

SHOWN_NAMES = 5
"""How many of the databases that a rotation affects are named."""


def is_signed_in_with(api_token: KnownToken, known: tuple[KnownToken, ...]) -> bool:
    """Whether a record of the account is the very token that the program uses: its id stands in the token's claims."""
    secrets = [each.token.reveal() for each in known if each.origin is Origin.SIGN_IN and each.token is not None]
    ids = [claims.token_id for secret in secrets if (claims := read_claims(secret)) is not None]
    return any(each is not None and api_token.id.endswith(each) for each in ids)


def of_rotation(target: TokenTarget, rotation: "Rotation", known: tuple[KnownToken, ...]) -> list[str]:
    """What a rotation ends, counted as far as it can be known from here."""
    ended = reached_by(rotation)
    ours = [each for each in known if each.reach in ended]
    renewed = sum(each.origin is Origin.BROKER for each in ours)
    lost = len(ours) - renewed
    lines = [_ended(target, rotation.databases)]
    if lost:
        lines.append(f"Of the tokens listed here, {grouped(lost)} become{'s' if lost == 1 else ''} worthless.")
    if renewed == 1:
        lines.append("The one that this program mints for itself is minted again by itself.")
    elif renewed:
        lines.append(f"The {grouped(renewed)} that this program mints for itself are minted again by themselves.")
    return lines


def _ended(target: TokenTarget, names: Sequence[str]) -> str:
    if not names:
        return f"Every token for {target.name} stops working at once; it has no databases yet."
    rest = len(names) - SHOWN_NAMES
    named = ", ".join(names[:SHOWN_NAMES]) + (f" and {grouped(rest)} more" if rest > 0 else "")
    return (
        f"Every token for {databases(len(names))} stops working at once, also those that others hold, and open"
        f" connections end: {named}."
    )


def wider_than_asked(target: TokenTarget, rotation: "Rotation") -> str:
    """Said first where it is more than was asked for."""
    if target.is_group or not rotation.whole_group:
        return ""
    return f"{target.name} shares its key with its whole group {rotation.group}: all of it is rotated."


def databases(count: int) -> str:
    return "1 database" if count == 1 else f"{grouped(count)} databases"
