"""What requires what, read from a lock: no client is asked and nothing is fetched."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from polyhy import plugins
from polyhy.packages.lock import Lock
from polyhy.spec import Pin, Spec


@dataclass(frozen=True)
class Node:
    """A pin in its place. `repeated` where it stands elsewhere with all that it requires."""

    pin: Pin
    requires: tuple[Node, ...] = ()
    repeated: bool = False


def tree(lock: Lock) -> list[Node]:
    """What was asked, with what that requires under it; each package is opened once."""
    graph, seen = requirements(lock), set[Pin]()
    return [_node(pin, graph, seen) for pin in asked(lock, lock.roots)]


def why(lock: Lock, name: str) -> list[list[Pin]]:
    """The shortest way from each asked package to the pins of that name, or that purl."""
    graph = requirements(lock)
    ways = [way for root in asked(lock, lock.roots) for way in _ways(root, graph)]
    return [way for way in ways if name in _names(way[-1])]


def asked(lock: Lock, specs: Sequence[Spec]) -> list[Pin]:
    """The pins that were chosen for these specs."""
    found = []
    for spec in specs:
        room, pins = plugins.ecosystem(spec.ecosystem), lock.of_ecosystem(spec.ecosystem)[1]
        found += [pin for pin in pins if room.answers(spec, pin)]
    return list(dict.fromkeys(found))


def brought(pins: Iterable[Pin]) -> list[tuple[Pin, Spec]]:
    """What packages bring of other ecosystems, with the package that does."""
    return [(pin, spec) for pin in pins for spec in plugins.ecosystem(pin.ecosystem).brings(pin)]


def requirements(lock: Lock) -> dict[Pin, list[Pin]]:
    """Every pin with those that it requires, of its own ecosystem and of others."""
    known = {pin.purl: pin for pin in lock.pins}
    graph = {}
    for pin in lock.pins:
        brought = asked(lock, plugins.ecosystem(pin.ecosystem).brings(pin))
        graph[pin] = [known[purl] for purl in pin.requires if purl in known] + brought
    return graph


def lines(nodes: Sequence[Node]) -> Iterator[str]:
    """A tree as text: a package a line, with branches drawn. `(*)`: it is opened elsewhere."""
    for node in nodes:
        yield _label(node)
        yield from _branches(node.requires, "")


def data(nodes: Sequence[Node]) -> list[dict[str, object]]:
    """A tree as plain lists and dicts."""
    return [
        {"purl": node.pin.purl, "requires": data(node.requires), "repeated": node.repeated}
        for node in nodes
    ]


def _node(pin: Pin, graph: Mapping[Pin, list[Pin]], seen: set[Pin]) -> Node:
    if pin in seen:
        return Node(pin, repeated=bool(graph[pin]))
    seen.add(pin)
    return Node(pin, tuple(_node(each, graph, seen) for each in graph[pin]))


def _ways(root: Pin, graph: Mapping[Pin, list[Pin]]) -> Iterator[list[Pin]]:
    """The shortest way from `root` to everything under it, nearest first."""
    queue, seen = [[root]], {root}
    for way in queue:  # grows as we go
        yield way
        for pin in graph[way[-1]]:
            if pin not in seen:
                seen.add(pin)
                queue.append([*way, pin])


def _branches(nodes: Sequence[Node], indent: str) -> Iterator[str]:
    for node in nodes:
        last = node is nodes[-1]
        yield f"{indent}{'└── ' if last else '├── '}{_label(node)}"
        yield from _branches(node.requires, indent + ("    " if last else "│   "))


def _label(node: Node) -> str:
    return f"{node.pin.label}{' (*)' if node.repeated else ''}"


def _names(pin: Pin) -> tuple[str, ...]:
    return pin.name, f"{pin.ecosystem}:{pin.name}", pin.label, pin.purl
