"""Commands that ask registries: outdated, search, info."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import click

from polyhy.front.output import FAILED, Answer, command, note
from polyhy.front.packages import lock_here, ruled, spec_of

if TYPE_CHECKING:
    from polyhy.ecosystem import Info
    from polyhy.packages.lookup import Reply
    from polyhy.spec import Spec


@command("outdated", "polyhy outdated\npolyhy outdated --json")
def outdated() -> Answer:
    """List packages that were asked for and have newer versions, in their range or beyond."""
    from polyhy.packages import lookup

    with ruled():
        found, silent = lookup.outdated(lock_here())
    for name, reason in silent.items():
        note(f"{name} was not asked: {reason}")
    data = [
        {
            "spec": str(new.spec),
            "version": new.pin.version,
            "in_range": new.in_range,
            "newest": new.newest,
        }
        for new in found
    ]
    lines = [
        f"{new.spec}: {new.pin.version}, {new.in_range} in range, {new.newest} is the newest"
        for new in found
    ]
    return Answer(data, lines or ["everything is the newest"])


@command("search", "polyhy search lodash\npolyhy search json --json")
@click.argument("name")
def search(name: str) -> Answer:
    """Ask every registry for a package of that name, and for what its search finds."""
    from polyhy.packages import lookup

    with ruled():
        replies = lookup.search(name)
    found = any(reply.info or reply.hits for reply in replies)
    lines = [line for reply in replies for line in _reply_lines(reply)]
    return Answer([_plain(reply) for reply in replies], lines, 0 if found else FAILED)


@command("info", "polyhy info npm:lodash\npolyhy info npm:lodash --api")
@click.argument("spec")
@click.option("--api", is_flag=True, help="Load the package and list what it would expose.")
def info(spec: str, api: bool) -> Answer:
    """Say what a registry knows of a package: versions, licence, size, what it requires.

    With --api it is installed in an env of its own and loaded: its code runs.
    """
    from polyhy.errors import PackageError
    from polyhy.packages import lookup

    with ruled():
        asked = spec_of(spec, command="info")
        said = lookup.info(asked)
    if said is None and not api:
        text = f"the registry of {asked.ecosystem} can't be asked"
        raise PackageError(text, hint=f"see what it exposes: polyhy info {spec} --api")
    members = _members(asked) if api else []
    data = {"spec": str(asked), **(said._asdict() if said else {}), "api": members}
    lines = [*(_info_lines(said) if said else ()), *(f"  {m}" for m in members)]
    return Answer(data, lines)


def _members(spec: Spec) -> list[str]:
    """The members that a package would expose, with their signatures where they have one."""
    import inspect

    from polyhy.front.output import progress
    from polyhy.guests import namespace
    from polyhy.packages import env, install

    with progress() as report:
        env.use(install.script([spec], report))
    module = namespace.import_from(spec.ecosystem, spec.module)
    shown = []
    names = list(module) if isinstance(module, dict) else dir(module)
    for name in sorted(name for name in names if not str(name).startswith("_")):
        member = module[name] if isinstance(module, dict) else getattr(module, name, None)
        try:
            shown.append(f"{name}{inspect.signature(member)}")  # type: ignore[arg-type]
        except (TypeError, ValueError):
            shown.append(str(name))
    return shown


def _info_lines(said: Info) -> Iterator[str]:
    yield f"{said.name} {said.version}" + (f": {said.summary}" if said.summary else "")
    rows = {
        "licence": said.licence,
        "size": f"{said.size / 1024:,.0f} kB" if said.size else "",
        "homepage": said.homepage,
        "downloads": f"{said.downloads:,}" if said.downloads else "",
        "requires": ", ".join(said.requires),
        "versions": ", ".join(said.versions[:12]) + (" …" if len(said.versions) > 12 else ""),
    }
    yield from (f"  {name + ':':<11}{value}" for name, value in rows.items() if value)


def _reply_lines(reply: Reply) -> Iterator[str]:
    if reply.refusal:
        yield f"{reply.ecosystem}: not asked: {reply.refusal}"
    if reply.info:
        said = reply.info
        yield f"{reply.ecosystem}:{said.name} {said.version}  {said.summary[:80]}".rstrip()
    for hit in reply.hits:
        if not reply.info or hit.name != reply.info.name:
            yield f"  {reply.ecosystem}:{hit.name} {hit.version}  {hit.summary[:80]}".rstrip()


def _plain(reply: Reply) -> dict[str, Any]:
    return {
        "ecosystem": reply.ecosystem,
        "package": reply.info._asdict() if reply.info else None,
        "found": [hit._asdict() for hit in reply.hits],
        "refusal": reply.refusal,
    }
