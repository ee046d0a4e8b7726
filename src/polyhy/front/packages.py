"""Commands that change a project's packages: init, add, remove, lock, sync."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from polyhy.front.output import Answer, command, confirm, consent, note, progress

if TYPE_CHECKING:
    from polyhy.packages.lock import Lock
    from polyhy.policy import Agree
    from polyhy.spec import Pin, Spec

_offline = click.option("--offline", is_flag=True, help="Use no network: what is stored will do.")
_specs = click.argument("specs", nargs=-1, required=True, metavar="SPEC…")


@command("init", "polyhy init\npolyhy init my-project")
@click.argument("folder", default=".", type=click.Path(path_type=Path, file_okay=False))
def init(folder: Path) -> Answer:
    """Begin a project: a pyproject.toml with a table for packages, and nothing else."""
    from polyhy import store
    from polyhy.packages import manifest

    file = folder / manifest.FILE
    store.write(file, manifest.begin(folder))
    return Answer({"file": str(file)}, [f"wrote {file}"])


@command(
    "add",
    "polyhy add npm:lodash@^4 pypi:six crates:regex luarocks:inspect c:zlib\n"
    "polyhy add 'pypi:httpx[http2]>=0.27' 'crates:tokio[full]@^1'\n"
    "polyhy add left-pad\npolyhy add ../my-tools",
)
@_specs
@consent
@_offline
def add(specs: tuple[str, ...], yes: bool, offline: bool) -> Answer:
    """Declare packages in pyproject.toml, lock and install them.

    A SPEC is an ecosystem, a name and, where not any version will do, a range as that ecosystem
    writes it; a path or a git+https address is a folder of Lisp. A name without its ecosystem is
    asked for everywhere: if one ecosystem alone has it, that is taken; if several have, they are
    listed.
    """
    from polyhy.errors import PackageError
    from polyhy.packages import install, lookup, manifest

    home = manifest.home(Path.cwd())
    with ruled(yes=yes, offline=offline), progress() as report:
        asked = [spec_of(text, home) for text in specs]
        doubts = lookup.beside(asked)
        try:
            env = install.add(home, asked, report)
        except PackageError:
            _note_doubts(doubts)
            raise
    _note_doubts(doubts)
    _note_scripts(env.lock)
    rows = [(spec, _versions(env.lock, spec)) for spec in asked]
    data = {"added": [{"spec": str(s), "versions": v} for s, v in rows], "env": str(env.folder)}
    return Answer(data, [f"added {spec}: {', '.join(versions)}" for spec, versions in rows])


@command("remove", "polyhy remove npm:lodash\npolyhy remove lodash")
@_specs
@_offline
def remove(specs: tuple[str, ...], offline: bool) -> Answer:
    """Take packages out of the project, and what only they required."""
    from polyhy.packages import install

    root = root_here()
    with ruled(yes=False, offline=offline), progress() as report:
        gone = [_declared(text, root) for text in specs]
        env = install.remove(root, gone, report)
    data = {"removed": [str(spec) for spec in gone], "packages": len(env.lock.pins)}
    return Answer(data, [f"removed {spec}" for spec in gone])


@command(
    "lock",
    "polyhy lock\npolyhy lock --upgrade\npolyhy lock --upgrade lodash --upgrade numpy\n"
    "polyhy lock --script tour.hy",
)
@click.option(
    "--upgrade",
    is_flag=False,
    flag_value="",
    multiple=True,
    metavar="[NAME]",
    help="Choose the newest versions in range: of all, or of these packages.",
)
@click.option(
    "--script",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Lock what a script declares, in a file beside it.",
)
@consent
@_offline
def lock(upgrade: tuple[str, ...], script: Path | None, yes: bool, offline: bool) -> Answer:
    """Choose exact versions and write polyhy.lock, without installing anything.

    What is locked stays as it is, unless it is to be upgraded. Of a lock that git could not merge
    one is made of both sides.
    """
    from polyhy.packages import install
    from polyhy.sessions import program

    with ruled(yes=yes, offline=offline), progress() as report:
        if script:
            file = install.lock_script(script, program.declares(script), report)
            return Answer({"file": str(file)}, [f"wrote {file}"])
        wanted = None if not upgrade else [name for name in upgrade if name]
        before, after = install.lock(root_here(), report, upgrade=wanted)
    changes = _changes(before, after)
    data = {"packages": len(after.pins), "changes": changes}
    lines = [f"{c['name']}: {c['from'] or 'new'} -> {c['to'] or 'gone'}" for c in changes]
    return Answer(data, lines or ["no version changed"])


@command("sync", "polyhy sync\npolyhy sync --frozen --offline\npolyhy sync --bundle usb/bundle")
@click.option(
    "--frozen",
    "--locked",
    "frozen",
    is_flag=True,
    help="Fail if the lock does not match the manifest.",
)
@click.option(
    "--bundle",
    type=click.Path(path_type=Path, file_okay=False, exists=True),
    metavar="DIR",
    help="Install from a folder made by `polyhy bundle`.",
)
@consent
@_offline
def sync(frozen: bool, bundle: Path | None, yes: bool, offline: bool) -> Answer:
    """Install what pyproject.toml declares, exactly as polyhy.lock says.

    Where pyproject.toml was edited since, the lock follows first; with --frozen, that is an error.
    """
    from polyhy.packages import install

    with ruled(yes=yes, offline=offline or bool(bundle)), progress() as report:
        if bundle:
            from polyhy.packages import bundle as bundles

            bundles.take_in(bundle)
        env = install.sync(root_here(), report, frozen=frozen)
    _note_scripts(env.lock)
    count = len(env.lock.pins)
    data = {"packages": count, "env": str(env.folder)}
    return Answer(data, [f"{counted(count)} in {env.folder}"])


# --- shared with other commands


def root_here() -> Path:
    """The project around the working folder."""
    from polyhy.packages import manifest

    return manifest.find_root(Path.cwd()) or Path.cwd()


def lock_here() -> Lock:
    """The lock of that project; LockError where there is none."""
    from polyhy.errors import LockError
    from polyhy.packages import faults

    found = faults.read(root := root_here())
    if found is None:
        raise LockError("there is no lock here", file=str(root), hint="run: polyhy add SPEC")
    return found


def spec_of(text: str, home: Path | None = None, command: str = "add") -> Spec:
    """The spec that a user wrote: with its ecosystem, or a name to ask every ecosystem for.

    `command` is what is listed where several have it: `polyhy add npm:lodash`.
    """
    from polyhy import plugins
    from polyhy.errors import SpecError
    from polyhy.packages import lookup

    ecosystem, colon, rest = text.partition(":")
    if colon and "/" not in ecosystem and "@" not in ecosystem and "+" not in ecosystem:
        return plugins.ecosystem(ecosystem).spec(rest)
    for name in plugins.ecosystems():
        if found := plugins.ecosystem(name).claims(text, home or root_here()):
            return found
    if colon:
        ways = ", ".join(plugins.ecosystems())
        raise SpecError(
            "the ecosystem is missing", spec=text, hint=f"write one of {ways} before it"
        )
    found = lookup.qualify(text, command)
    note(f"{text} is {found}")
    return found


@contextmanager
def ruled(*, yes: bool = False, offline: bool = False) -> Iterator[None]:
    """Put in force what the project says, and the command line of the network and of consent."""
    from polyhy import clients
    from polyhy.packages import settings
    from polyhy.policy import governed

    rules = settings.read(root_here())
    rules = rules._replace(offline=offline or rules.offline, agree=agreeing(yes=yes))
    with clients.ending(), governed(rules):
        yield


def agreeing(*, yes: bool) -> Agree:
    """Who agrees that packages run code of their own: the command line, else who is asked, once."""

    @cache
    def answer(question: str) -> bool:
        return confirm(question)

    def agree(asks: Mapping[Pin, str]) -> bool:
        return yes or answer(_question(asks))

    return agree


def _question(asks: Mapping[Pin, str]) -> str:
    lines = [f"  {pin.label}: {asked}" for pin, asked in sorted(asks.items())]
    return "\n".join(["to be built, these packages run code of their own:", *lines, "let them?"])


def _declared(text: str, root: Path) -> Spec:
    """The declared spec that a user means, with its ecosystem or without."""
    from polyhy.errors import SpecError, Undeclared
    from polyhy.packages import manifest

    specs = manifest.read(root)
    found = [s for s in specs if text in (s.name, f"{s.ecosystem}:{s.name}", s.key, str(s))]
    if len(found) > 1:
        ways = " or ".join(f"{s.ecosystem}:{s.name}" for s in found)
        raise SpecError("several ecosystems have it", spec=text, hint=f"write {ways}")
    if not found:
        known = ", ".join(f"{s.ecosystem}:{s.name}" for s in specs)
        raise Undeclared(spec=text, known=known or "nothing")
    return found[0]


def _versions(lock: Lock, spec: Spec) -> list[str]:
    from polyhy.packages.tree import asked

    return [pin.version for pin in asked(lock, [spec])]


def _changes(before: Lock, after: Lock) -> list[dict[str, Any]]:
    """What became of each package: its versions before and after."""
    names = sorted({(p.ecosystem, p.name) for p in (*before.pins, *after.pins)})
    changes = []
    for ecosystem, name in names:
        old, new = (_all(lock.pins, ecosystem, name) for lock in (before, after))
        if old != new or _hashes(before, ecosystem, name) != _hashes(after, ecosystem, name):
            changes.append({"name": f"{ecosystem}:{name}", "from": old, "to": new})
    return changes


def _all(pins: Sequence[Pin], ecosystem: str, name: str) -> str:
    return ", ".join(p.version for p in pins if (p.ecosystem, p.name) == (ecosystem, name))


def _hashes(lock: Lock, ecosystem: str, name: str) -> set[str]:
    return {p.hash for p in lock.pins if (p.ecosystem, p.name) == (ecosystem, name)}


def counted(packages: int) -> str:
    """`1 package`, `2 packages`."""
    return f"{packages} package{'' if packages == 1 else 's'}"


def _note_doubts(doubts: Callable[[], list[str]]) -> None:
    """Warn of names that may be misspelled: of those that no registry has, too."""
    for doubt in doubts():
        note(f"warning: {doubt}")


def _note_scripts(lock: Lock) -> None:
    """Say which packages have scripts that did not run."""
    from polyhy import plugins

    held = [
        pin for pin in lock.pins if not pin.consent and plugins.ecosystem(pin.ecosystem).asks(pin)
    ]
    for pin in held:
        what = plugins.ecosystem(pin.ecosystem).asks(pin)
        name = f'"{pin.ecosystem}:{pin.name}"'
        note(f"{pin.label} did not run its {what}; allow-scripts = [{name}] lets it")
