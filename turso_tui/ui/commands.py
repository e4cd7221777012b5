"""Every action by name, with its key, in the command palette."""

from collections.abc import Iterator

from textual.binding import ActiveBinding
from textual.command import DiscoveryHit, Hit, Hits, Provider


class ActionCommands(Provider):
    """What can be done from where the palette was called; nothing that would do nothing is offered."""

    async def discover(self) -> Hits:
        for active in self._actions():
            yield DiscoveryHit(self._name(active), self._run(active), help=self._key(active))

    async def search(self, query: str) -> Hits:
        matcher = self.matcher(query)
        for active in self._actions():
            name = self._name(active)
            if (score := matcher.match(name)) > 0:
                yield Hit(score, matcher.highlight(name), self._run(active), help=self._key(active))

    def _actions(self) -> Iterator[ActiveBinding]:
        """One for each action; moving a cursor is not something that one looks up by name."""
        seen: set[str] = set()
        for active in sorted(self.screen.active_bindings.values(), key=self._name):
            binding = active.binding
            if active.enabled and binding.id and binding.description and binding.action not in seen:
                seen.add(binding.action)
                yield active

    def _name(self, active: ActiveBinding) -> str:
        return active.binding.tooltip or active.binding.description

    def _key(self, active: ActiveBinding) -> str:
        return self.app.get_key_display(active.binding)

    def _run(self, active: ActiveBinding):  # type: ignore[no-untyped-def]
        async def run() -> None:
            await self.app.run_action(active.binding.action, active.node)

        return run
