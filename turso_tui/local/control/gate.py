"""The way in to the Platform API: routes whose handlers are only reached by those who may pass."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import TypeAlias, TypeVar

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from turso_tui.local.control.answers import ApiError, Json, answer
from turso_tui.local.control.callers import Caller, Callers
from turso_tui.local.control.catalogue import Catalogue
from turso_tui.local.control.records import Organization
from turso_tui.local.control.scopes import Scope
from turso_tui.local.control.store import Account

Handler: TypeAlias = Callable[[Request, Caller], Awaitable[Json]]
"""What the caller may see is narrowed by the token."""

OrganizationHandler: TypeAlias = Callable[[Request, Organization], Awaitable[Json]]


@dataclass(frozen=True, slots=True)
class Scoped:
    """A handler that group-scoped tokens reach too, by a scope; a bare one is org-level and for the others only."""

    scope: Scope
    handler: OrganizationHandler


_Choice = TypeVar("_Choice", Handler, Scoped | OrganizationHandler)


class Gate:
    """Knows the caller, and which organization, group and database a path speaks of."""

    def __init__(self, account: Account, callers: Callers, catalogue: Catalogue) -> None:
        self._account = account
        self._callers = callers
        self._catalogue = catalogue

    def route(self, path: str, **handlers: Handler) -> Route:
        """One path; handlers by HTTP method, as in ``GET=list_them``."""

        async def endpoint(request: Request) -> Response:
            caller = self._callers(request)
            return answer(await _choose(handlers, request)(request, caller))

        return Route(path, endpoint, methods=list(handlers))

    def organization_route(self, path: str, **handlers: Scoped | OrganizationHandler) -> Route:
        """One path about the organization that it names as ``{organization}``, else about the personal one."""

        async def endpoint(request: Request) -> Response:
            caller = self._callers(request)
            chosen = _choose(handlers, request)
            organization = self._organization(request)
            caller.require_organization(organization)
            caller.require_scope(chosen.scope if isinstance(chosen, Scoped) else None)
            self._look_up(request, organization, caller)
            request.state.caller = caller
            handler = chosen.handler if isinstance(chosen, Scoped) else chosen
            return answer(await handler(request, organization))

        return Route(path, endpoint, methods=list(handlers))

    def organization_routes(
        self, tail: str, version: str = "v1", **handlers: Scoped | OrganizationHandler
    ) -> list[Route]:
        """Both spellings of a path below an organization: with its slug, and without for the personal one."""
        return [
            self.organization_route(f"/{version}/organizations/{{organization}}{tail}", **handlers),
            self.organization_route(f"/{version}{tail}", **handlers),
        ]

    def _organization(self, request: Request) -> Organization:
        """The one in the path; without one, the personal organization. Raises 404."""
        slug = request.path_params.get("organization")
        found = (
            self._account.one(Organization, "WHERE type = 'personal'")
            if slug is None
            else self._account.one(Organization, "WHERE slug = ?", (slug,))
        )
        if found is None:
            raise ApiError(404, f"organization {slug} not found")
        return found

    def _look_up(self, request: Request, organization: Organization, caller: Caller) -> None:
        """Raises 404 for a group or a database in the path that the caller may not see."""
        if (group := request.path_params.get("group")) is not None:
            self._catalogue.group(organization, group, within=caller.group)
        if (database := request.path_params.get("database")) is not None:
            self._catalogue.database(organization, database, within=caller.group)


def caller_of(request: Request) -> Caller:
    """Who calls an `OrganizationHandler`: for those whose answer spans groups."""
    caller: Caller = request.state.caller
    return caller


def _choose(handlers: Mapping[str, _Choice], request: Request) -> _Choice:
    # Starlette serves HEAD wherever it serves GET.
    return handlers["GET" if request.method == "HEAD" else request.method]
