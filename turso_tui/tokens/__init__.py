"""Tokens: two types that never mix, what a pasted text is, and where secrets are remembered. No network here."""

from turso_tui.tokens.acceptance import as_database_token, as_platform_token, is_group_scoped, of_kind
from turso_tui.tokens.claims import Access, Claims, TokenKind, read_claims
from turso_tui.tokens.description import describe, facts
from turso_tui.tokens.permissions import Action, Permission
from turso_tui.tokens.recognise import Recognised, recognise
from turso_tui.tokens.token import DatabaseToken, PlatformToken
from turso_tui.tokens.vault import FileVault, Kept, Vault
from turso_tui.tokens.vaults import Vaults

__all__ = [
    "Access",
    "Action",
    "Claims",
    "DatabaseToken",
    "FileVault",
    "Kept",
    "Permission",
    "PlatformToken",
    "Recognised",
    "TokenKind",
    "Vault",
    "Vaults",
    "as_database_token",
    "as_platform_token",
    "describe",
    "facts",
    "is_group_scoped",
    "of_kind",
    "read_claims",
    "recognise",
]
