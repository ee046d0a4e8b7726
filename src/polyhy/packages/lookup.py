"""Asking registries: which ecosystems know a name, what they say of it, what is newer."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import TimeoutError
from contextlib import suppress
from functools import partial
from itertools import takewhile
from typing import NamedTuple

from polyhy import clients, plugins
from polyhy.ecosystem import Ecosystem, Hit, Info
from polyhy.errors import NoSuchVersion, PackageError, SpecError, UnknownPackage
from polyhy.packages.lock import Lock
from polyhy.packages.tree import asked
from polyhy.spec import Pin, Spec
from polyhy.together import each, start

POPULAR = 100
"""How many times more popular a name must be for one that looks like it to be doubted."""

_SHORT = 120
_UNABLE = "its registry can't be asked"


class Reply(NamedTuple):
    """What one ecosystem said of a name: an Info or hits, or why it could not be asked.

    `malformed` is true where the text is no name in that ecosystem at all.
    """

    ecosystem: str
    info: Info | None = None
    hits: tuple[Hit, ...] = ()
    refusal: str = ""
    malformed: bool = False


class Newer(NamedTuple):
    """A package that was asked for, and the newest versions: in its range, and of all."""

    spec: Spec
    pin: Pin
    in_range: str
    newest: str


def search(name: str) -> list[Reply]:
    """Ask every ecosystem for a package of that name, and for what its search finds."""
    return each(partial(_reply, name), plugins.ecosystems())


def qualify(text: str, command: str = "add") -> Spec:
    """The spec that a text without ecosystem means, if one ecosystem alone has that name.

    Several are an error that lists them, with the `polyhy` command for each; nothing is guessed.
    """
    replies = each(partial(_reply, text, searches=False), plugins.ecosystems())
    if all(reply.malformed for reply in replies):
        raise SpecError("it is no name in any ecosystem", spec=text)
    found = [reply for reply in replies if reply.info]
    if not found:
        silent = [f"{r.ecosystem} ({r.refusal})" for r in replies if r.refusal]
        heard = ", ".join(r.ecosystem for r in replies if not (r.refusal or r.malformed))
        detail = f"no ecosystem that was asked has it: {heard or 'none could be'}"
        hint = (
            f"could not be asked: {'; '.join(silent)}" if silent else f"run: polyhy search {text}"
        )
        raise SpecError(detail, spec=text, hint=_plain(hint))
    if len(found) > 1:
        choices = _choices(f"polyhy {command}", text, found)
        raise SpecError("several ecosystems have it", spec=text, hint=_plain(choices))
    return plugins.ecosystem(found[0].ecosystem).spec(text)


def info(spec: Spec) -> Info | None:
    """What the registry says of a package; None where it can't be asked."""
    return plugins.ecosystem(spec.ecosystem).info(spec)


def outdated(lock: Lock) -> tuple[list[Newer], dict[str, str]]:
    """The asked packages that have newer versions than the lock, in their range or beyond.

    And the ecosystems that could not be asked, with the reason.
    """
    names = sorted({spec.ecosystem for spec in lock.roots})
    silent = {name: _UNABLE for name in names if not _can_say(name)}

    def look(name: str) -> list[Newer]:
        try:
            return list(_newer(lock, name))
        except PackageError as error:
            silent[name] = str(error).split("\n")[0][:_SHORT]
            return []

    found = each(look, [name for name in names if name not in silent])
    return [newer for some in found for newer in some], silent


def doubts(specs: Iterable[Spec]) -> list[str]:
    """What to tell somebody who adds `specs`: a far more popular name is one letter away."""
    return [said for said in each(_doubt, specs) if said]


def beside(specs: Iterable[Spec], patience: float = 1.0) -> Callable[[], list[str]]:
    """Look for doubts while clients work; what is not known soon after is left out."""
    pending = clients.meanwhile(partial(start, doubts, list(specs)))

    def found() -> list[str]:
        with suppress(TimeoutError):
            return pending().result(patience)
        return []

    return found


def is_one_edit_away(a: str, b: str) -> bool:
    """True for one letter more, less, other, or two neighbours exchanged.

    >>> [is_one_edit_away("lodash", x) for x in ("lodahs", "lodas", "1odash", "lodash", "dash")]
    [True, True, True, False, False]
    """
    if a == b or abs(len(a) - len(b)) > 1:
        return False
    pairs = zip(a, b, strict=False)
    same = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))
    rests = [(a[same + 1 :], b[same:]), (a[same:], b[same + 1 :]), (a[same + 1 :], b[same + 1 :])]
    swapped = a[same : same + 2] == b[same : same + 2][::-1] and a[same + 2 :] == b[same + 2 :]
    return swapped or any(x == y for x, y in rests)


def _doubt(spec: Spec) -> str:
    with suppress(PackageError):
        hits = plugins.ecosystem(spec.ecosystem).search(spec.name) or []
        own = next((hit.downloads for hit in hits if hit.name == spec.name), 0)
        for hit in hits:
            if is_one_edit_away(hit.name, spec.name) and hit.downloads > POPULAR * max(own, 1):
                often = f"{hit.downloads:,} downloads against {own:,}"
                return (
                    f"{spec} is one letter away from {hit.name} ({often}): is it the one you mean?"
                )
    return ""


def _newer(lock: Lock, name: str) -> Iterator[Newer]:
    specs = lock.of_ecosystem(name)[0]
    for spec, (in_range, newest) in plugins.ecosystem(name).newest(specs).items():
        for pin in asked(lock, [spec]):
            if pin.version != newest:
                yield Newer(spec, pin, in_range, newest)


def _can_say(ecosystem: str) -> bool:
    return type(plugins.ecosystem(ecosystem)).info is not Ecosystem.info


def _reply(text: str, ecosystem: str, *, searches: bool = True) -> Reply:
    try:
        room = plugins.ecosystem(ecosystem)
        spec = room.spec(text)
        found = _known(ecosystem, spec)
        hits = (room.search(spec.name) or []) if searches else []
    except (UnknownPackage, NoSuchVersion):
        return Reply(ecosystem)
    except SpecError:
        return Reply(ecosystem, malformed=True)
    except PackageError as error:
        return Reply(ecosystem, refusal=str(error).split("\n")[0][:_SHORT])
    except ImportError as error:  # a room whose own libraries are missing
        return Reply(ecosystem, refusal=f"its room does not start: {error}")
    if found is None and not hits and not _can_say(ecosystem):
        return Reply(ecosystem, refusal=_UNABLE)
    return Reply(ecosystem, found, tuple(hits))


def _known(ecosystem: str, spec: Spec) -> Info | None:
    with suppress(UnknownPackage, NoSuchVersion):
        return plugins.ecosystem(ecosystem).info(spec)
    return None


def _choices(command: str, text: str, replies: list[Reply]) -> str:
    lines = []
    for reply in replies:
        said = reply.info
        if said:
            summary = f"{said.version}  {said.summary}".strip()
            lines.append(f"{command} {reply.ecosystem}:{text}".ljust(40) + f"# {summary[:90]}")
    return "\n  ".join(["run one of these:", *lines])


def _plain(hint: str) -> str:
    return hint.replace("{", "{{").replace("}", "}}")
