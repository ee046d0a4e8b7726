"""Commands that read the lock: tree, why, licenses, audit, sbom, export, bundle."""

from __future__ import annotations

from pathlib import Path

import click

from polyhy.front.output import FAILED, NOT_AUDITED, VULNERABLE, Answer, command
from polyhy.front.packages import counted, lock_here, root_here, ruled

_folder = click.Path(path_type=Path, file_okay=False)
_file = click.Path(path_type=Path, exists=True)


@command("tree", "polyhy tree\npolyhy tree --json")
def tree() -> Answer:
    """Show what requires what. A package that stands elsewhere with all it requires has a (*)."""
    from polyhy.packages import tree as trees

    nodes = trees.tree(lock_here())
    return Answer(trees.data(nodes), list(trees.lines(nodes)))


@command("why", "polyhy why ansi-styles\npolyhy why npm:ansi-styles")
@click.argument("name")
def why(name: str) -> Answer:
    """Say what a package is there for: the shortest way to it from each package you asked for."""
    from polyhy.packages import tree as trees

    ways = trees.why(lock_here(), name)
    data = [[pin.purl for pin in way] for way in ways]
    lines = [" → ".join(pin.label for pin in way) for way in ways]
    return Answer(data, lines or [f"{name} is not in the lock"], 0 if ways else FAILED)


@command("licenses", "polyhy licenses\npolyhy licenses --json")
def licenses() -> Answer:
    """List the licence of every package in the lock; fail where the policy forbids one."""
    from polyhy.packages import licences, settings

    lock, policy = lock_here(), settings.read(root_here())
    data = {pin.label: pin.licence for pin in lock.pins}
    lines = [f"{label}: {licence or 'it names none'}" for label, licence in data.items()]
    licences.check(lock.pins, policy)
    return Answer(data, lines)


@command("audit", "polyhy audit\npolyhy audit --osv all.zip\npolyhy audit --signatures")
@click.option(
    "--osv", type=_file, metavar="FILE", help="A snapshot of OSV's data, for what no client tells."
)
@click.option("--signatures", is_flag=True, help="Check signatures and attestations too.")
def audit(osv: Path | None, signatures: bool) -> Answer:
    """Look for known vulnerabilities. Exit code 6: vulnerable; 5: not all could be audited."""
    from polyhy.packages import audit as audits

    lock = lock_here()
    with ruled():
        verdicts = audits.audit(lock, audits.read_snapshot(osv) if osv else None)
        proved = audits.provenance(lock) if signatures else {}
    state = audits.overall(verdicts)
    data = {"state": state.value, "ecosystems": [audits.plain(verdict) for verdict in verdicts]}
    lines = [line for verdict in verdicts for line in audits.lines(verdict)]
    if signatures:
        data["provenance"] = proved
        lines += [f"{name}: {said}" for name, said in proved.items()]
    codes = {audits.State.VULNERABLE: VULNERABLE, audits.State.NOT_AUDITED: NOT_AUDITED}
    return Answer(data, lines or ["the lock is empty"], codes.get(state, 0))


@command("sbom", "polyhy sbom > sbom.json\npolyhy sbom --output sbom.json")
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Where to write, instead of to the standard output.",
)
def sbom(output: Path | None) -> Answer:
    """Write a bill of materials of all packages, as CycloneDX 1.6 in JSON."""
    import json

    from polyhy import store
    from polyhy.packages import sbom as sboms

    text = sboms.sbom(lock_here(), root_here().name)
    if output is None:
        return Answer(json.loads(text), text.splitlines())
    store.write(output, text)
    return Answer({"file": str(output)}, [f"wrote {output}"])


@command("export", "polyhy export native/\npolyhy export . --only npm")
@click.argument("folder", type=_folder)
@click.option("--only", metavar="ECOSYSTEM", help="Write the files of one ecosystem alone.")
def export(folder: Path, only: str | None) -> Answer:
    """Write the native files of every ecosystem: package.json, requirements.txt, Cargo.toml, …"""
    from polyhy import plugins, store
    from polyhy.errors import UsageError

    lock = lock_here()
    texts: dict[str, str] = {}
    with ruled():
        for name in [only] if only else sorted({pin.ecosystem for pin in lock.pins}):
            texts |= plugins.ecosystem(name).export(*lock.of_ecosystem(name))
    if not texts:
        raise UsageError("nothing of that is in the lock", hint="polyhy tree shows what is")
    there = [name for name in texts if (folder / name).exists()]
    if there:
        hint = "export into an empty folder, or remove them first"
        raise UsageError(f"{', '.join(there)} would be overwritten in {folder}", hint=hint)
    for name, text in sorted(texts.items()):
        store.write(folder / name, text)
    return Answer(
        {"folder": str(folder), "files": sorted(texts)},
        [f"wrote {folder / n}" for n in sorted(texts)],
    )


@command("bundle", "polyhy bundle usb/bundle")
@click.argument("folder", type=_folder)
def bundle(folder: Path) -> Answer:
    """Write all packages of the project into a folder, for machines without registries.

    There, in the project or in the folder itself, run: polyhy sync --frozen --bundle FOLDER
    """
    from polyhy.front.output import progress
    from polyhy.packages import bundle as bundles
    from polyhy.packages import install

    with ruled(), progress() as report:
        made = bundles.write(install.sync(root_here(), report, frozen=True), folder, report)
    lines = [f"{counted(made.packages)} in {folder}"]
    if made.needs:
        lines.append(f"the machine itself must have {', '.join(made.needs)}")
    return Answer({"folder": str(folder), **made._asdict()}, lines)
