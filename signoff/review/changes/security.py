"""Changes of security: which credentials are sufficient in both revisions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from signoff.contract.json_value import as_list, as_object

if TYPE_CHECKING:
    from signoff.contract.json_value import JsonObject
    from signoff.review.changes.endpoints import Endpoint
    from signoff.review.changes.revisions import Journal, Side, Topic

# One security requirement: the required scopes by the identity of their scheme.
_Alternative: TypeAlias = dict[str, frozenset[str]]
_URLS = ("authorizationUrl", "tokenUrl", "refreshUrl", "deviceAuthorizationUrl")


@dataclass(frozen=True, slots=True)
class _Security:
    """The security requirements of one operation.

    Attributes:
        alternatives: one of them is sufficient; an empty one means no credentials.
        names: the name of each scheme in the document.
        pointer: the pointer to `security`.
    """

    alternatives: list[_Alternative]
    names: dict[str, str]
    pointer: str

    @property
    def is_open(self) -> bool:
        return {} in self.alternatives

    def enough_for(self, alternative: _Alternative) -> bool:
        """Whether credentials for `alternative` are sufficient."""
        return any(_is_within(own, alternative) for own in self.alternatives)

    def reported(self, alternative: _Alternative) -> str:
        parts = [
            self.names.get(key, key) + (f" ({', '.join(sorted(scopes))})" if scopes else "")
            for key, scopes in alternative.items()
        ]
        return " with ".join(parts) or "no credentials"


def compare_security(journal: Journal, before: Endpoint, after: Endpoint, topic: Topic) -> None:
    """Compare the security requirements of two operations, and the schemes that both use."""
    names = _identities(*(_schemes(side) for side in (journal.before, journal.after)))
    old = _security(journal.before, before, names[0])
    new = _security(journal.after, after, names[1])
    places = old.pointer, new.pointer
    lost = [alternative for alternative in old.alternatives if not new.enough_for(alternative)]
    won = [alternative for alternative in new.alternatives if not old.enough_for(alternative)]
    topic = topic.about("authentication")
    if lost:
        rule, detail = _tightened(old, new, lost, won)
        journal.tell(rule, topic, detail, *places)
    elif won:
        rule, detail = _loosened(old, new, won)
        journal.tell(rule, topic, detail, *places)
    _compare_schemes(journal, old, new, topic)


def _tightened(
    old: _Security, new: _Security, lost: list[_Alternative], won: list[_Alternative]
) -> tuple[str, str]:
    needs = " or ".join(new.reported(alternative) for alternative in new.alternatives)
    if old.is_open:
        return "security-added", f"now requires {needs}"
    was = " or ".join(old.reported(alternative) for alternative in lost)
    if was == needs:  # another scheme has the same name now
        needs, was = (_types(found) for found in (new.alternatives, lost))
    detail = f"requires {needs} instead of {was}"
    schemes = [{frozenset(alternative) for alternative in side.alternatives} for side in (old, new)]
    if schemes[0] == schemes[1]:
        return ("security-changed" if won else "security-scope-added"), detail
    return ("security-changed" if won else "security-tightened"), detail


def _types(alternatives: list[_Alternative]) -> str:
    """Alternatives by the types of their schemes, without the names."""
    return " or ".join(" with ".join(key.rpartition(" ")[0] or key for key in one) for one in alternatives)


def _loosened(old: _Security, new: _Security, won: list[_Alternative]) -> tuple[str, str]:
    needed = " or ".join(old.reported(alternative) for alternative in old.alternatives)
    if {} in won:
        return "security-removed", f"no longer requires {needed}"
    detail = f"requires only {' or '.join(new.reported(a) for a in won)} instead of {needed}"
    schemes = [{frozenset(alternative) for alternative in side.alternatives} for side in (old, new)]
    return ("security-scope-removed" if schemes[0] == schemes[1] else "security-loosened"), detail


def _is_within(one: _Alternative, other: _Alternative) -> bool:
    """Whether the second includes all schemes and scopes of the first."""
    return all(key in other and scopes <= other[key] for key, scopes in one.items())


def _security(side: Side, endpoint: Endpoint, identities: dict[str, str]) -> _Security:
    is_own = "security" in endpoint.operation.value
    owner = endpoint.operation.value if is_own else side.document
    pointer = f"{endpoint.pointer}/security" if is_own else "/security" if "security" in owner else ""
    alternatives: list[_Alternative] = []
    for stated in as_list(owner.get("security")):
        alternative = {
            identities.get(name, name): frozenset(str(scope) for scope in as_list(scopes))
            for name, scopes in as_object(stated).items()
        }
        if alternative not in alternatives:
            alternatives.append(alternative)
    names = {identity: name for name, identity in identities.items()}
    return _Security(alternatives or [{}], names, pointer)


def _schemes(side: Side) -> dict[str, JsonObject]:
    return {name: dict(scheme) for name, scheme in side.contract.security_schemes.items()}


def _identities(
    before: dict[str, JsonObject], after: dict[str, JsonObject]
) -> tuple[dict[str, str], dict[str, str]]:
    """What identifies each scheme for clients on both sides, independent of its name in the document.

    Schemes that look alike are distinguished by their names; of those with a new name, the first is the former.
    """
    made = [{name: _identity(scheme) for name, scheme in side.items()} for side in (before, after)]
    found: tuple[dict[str, str], dict[str, str]] = {}, {}
    for key in dict.fromkeys([*made[0].values(), *made[1].values()]):
        old, new = ([name for name, other in side.items() if other == key] for side in made)
        former = [name for name in old if name not in new]
        for name in old:
            found[0][name] = f"{key} {name}"
        for name in new:
            found[1][name] = f"{key} {name if name in old or not former else former.pop(0)}"
    return found


def _identity(scheme: JsonObject) -> str:
    kind = str(scheme.get("type", ""))
    if kind == "apiKey":
        name = str(scheme.get("name", ""))
        return f"apiKey {scheme.get('in')} {name.lower() if scheme.get('in') == 'header' else name}"
    return f"http {str(scheme.get('scheme', '')).lower()}" if kind == "http" else kind


def _compare_schemes(journal: Journal, old: _Security, new: _Security, topic: Topic) -> None:
    """Compare the URLs and flows of the schemes that both operations use."""
    used = [{key for alternative in side.alternatives for key in alternative} for side in (old, new)]
    before, after = _schemes(journal.before), _schemes(journal.after)
    for key in sorted(used[0] & used[1]):
        was, now = before.get(old.names.get(key, ""), {}), after.get(new.names.get(key, ""), {})
        places = [f"/components/securitySchemes/{side.names.get(key, '')}" for side in (old, new)]
        subject = topic.about(f"the security scheme `{new.names.get(key, key)}`")
        if was.get("openIdConnectUrl") != now.get("openIdConnectUrl"):
            journal.tell("security-scheme-url-changed", subject, "has a different openIdConnectUrl", *places)
        flows = as_object(was.get("flows")), as_object(now.get("flows"))
        for flow in dict.fromkeys([*flows[0], *flows[1]]):
            if flow.startswith("x-"):
                continue
            if flow not in flows[1]:
                journal.tell("security-flow-removed", subject, f"no longer has the flow {flow}", *places)
            elif flow not in flows[0]:
                journal.tell("security-flow-added", subject, f"has the new flow {flow}", *places)
            else:
                pair = as_object(flows[0][flow]), as_object(flows[1][flow])
                _compare_scopes(journal, subject, flow, pair, places)
                for url in _URLS:
                    if pair[0].get(url) != pair[1].get(url):
                        detail = f"has a different {url} in the flow {flow}"
                        journal.tell("security-scheme-url-changed", subject, detail, *places)


def _compare_scopes(
    journal: Journal, topic: Topic, flow: str, flows: tuple[JsonObject, JsonObject], places: list[str]
) -> None:
    old, new = (as_object(one.get("scopes")) for one in flows)
    for scope in (scope for scope in old if scope not in new):
        detail = f"no longer has the scope `{scope}` in the flow {flow}"
        journal.tell("security-flow-scope-removed", topic, detail, *places)
    for scope in (scope for scope in new if scope not in old):
        detail = f"has the new scope `{scope}` in the flow {flow}"
        journal.tell("security-flow-scope-added", topic, detail, *places)
