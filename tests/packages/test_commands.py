"""Every command, as it is typed: what it prints for people and as JSON, and its exit code."""

import json
import re
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import click
import pytest

from polyhy import plugins
from polyhy.ecosystem import Finding, Hit
from polyhy.front import cli, output
from polyhy.packages import audit
from polyhy.testing import ToyEcosystem


@pytest.fixture(autouse=True)
def here(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(project)
    monkeypatch.setattr(plugins, "ecosystems", lambda: ["toy"])


@pytest.fixture
def polyhy(capsys: pytest.CaptureFixture[str]) -> Any:
    """Run a command line: its exit code, what it printed, and what it told beside."""

    def run(line: str, code: int = 0) -> SimpleNamespace:
        capsys.readouterr()
        found = cli._run(line.split())
        said = capsys.readouterr()
        assert found == code, said
        assert "Traceback" not in said.err
        return SimpleNamespace(out=said.out, err=said.err, lines=said.out.splitlines())

    return run


def every_command() -> list[str]:
    return [name for topic in cli.COMMANDS.values() for name in topic]


def loaded(name: str) -> click.Command:
    command = cli.polyhy.get_command(click.Context(cli.polyhy), name)
    assert command
    return command


# --- the whole command line


@pytest.mark.parametrize("name", every_command())
def test_every_command_explains_itself_with_examples(name: str, polyhy: Any) -> None:
    said = polyhy(f"{name} --help").out
    assert loaded(name).help
    if not isinstance(loaded(name), click.Group):
        assert re.search(r"Examples?:\n.*polyhy", said)


@pytest.mark.parametrize("name", every_command())
def test_every_example_of_a_help_is_a_command_line_that_is_taken(name: str) -> None:
    import shlex

    commands = [loaded(name)]
    if isinstance(commands[0], click.Group):
        commands = list(commands[0].commands.values())
    for command in commands:
        for line in re.findall(r"^  polyhy (.+)$", command.epilog or "", re.MULTILINE):
            words = shlex.split(re.split(r" [>|] ", line)[0])
            words = words[1 + (words[0] != command.name) :]
            words = [word.replace("usb/bundle", ".").replace("all.zip", ".") for word in words]
            command.make_context(str(command.name), words, resilient_parsing=False)


def test_the_list_of_commands_loads_none_of_them() -> None:
    program = (
        "import sys; from polyhy.front import cli; cli._run(['--help'])\n"
        "print(sorted(m for m in sys.modules if m.startswith('polyhy.front.')))"
    )
    shared = ["polyhy.front.cli", "polyhy.front.output", "polyhy.front.start"]
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert done.stdout.endswith(f"{shared}\n"), done.stdout
    assert "Exit codes:" in done.stdout


def test_lisp_pkg_installs() -> None:
    command = Path(sys.executable).with_name("lisp-pkg")
    done = subprocess.run([command, "install", "--help"], capture_output=True, text=True)
    assert done.stdout.startswith("Usage: lisp-pkg install [OPTIONS] SPEC")


def test_quiet_is_quiet_and_json_is_json(polyhy: Any) -> None:
    said = polyhy("add toy:left --quiet")
    assert (said.out, said.err) == ("", "")
    assert json.loads(polyhy("tree --json").out)[0]["purl"] == "pkg:generic/left@1.1.0"


def test_an_error_is_json_too_if_so_asked(polyhy: Any) -> None:
    said = polyhy("add toy:nothing --json", 1)
    assert json.loads(said.out) == {
        "error": "UnknownPackage",
        "message": "toy has no package 'nothing'\n  check the spelling in the manifest",
        "code": 1,
    }


def test_no_colour_is_printed_where_it_is_not_wanted(
    polyhy: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("FORCE_COLOR", "1")
    for line in ("add toy:pair", "tree", "licenses", "outdated"):
        assert "\x1b" not in polyhy(line).out


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_a_shell_gets_its_completion(shell: str, polyhy: Any) -> None:
    assert "_POLYHY_COMPLETE" in polyhy(f"completion {shell}").out


def test_a_shell_that_completes_is_told_the_commands(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("_POLYHY_COMPLETE", "bash_complete")
    monkeypatch.setenv("COMP_WORDS", "polyhy lice")
    monkeypatch.setenv("COMP_CWORD", "1")
    with pytest.raises(SystemExit):
        cli._run([])
    assert capsys.readouterr().out == "plain,licenses\n"


# --- packages


def test_init_begins_a_project_once(project: Path, polyhy: Any) -> None:
    assert polyhy("init").lines == ["wrote pyproject.toml"]
    assert "[tool.polyhy.dependencies]" in (project / "pyproject.toml").read_text()
    polyhy("add toy:left")
    assert "it is a project already\n  run: polyhy add" in polyhy("init", 2).err
    polyhy("init inner/project")
    assert (project / "inner/project/pyproject.toml").is_file()


def test_a_name_without_its_ecosystem_is_looked_for(polyhy: Any) -> None:
    said = polyhy("add left")
    assert said.lines == ["added toy:left: 1.1.0"]
    assert "left is toy:left\n" in said.err
    assert "no ecosystem that was asked has it: toy" in polyhy("add nothing", 2).err


def test_a_name_that_looks_like_another_is_warned_of(
    polyhy: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    hits = [Hit("lefty", downloads=10**6), Hit("left", downloads=1)]
    monkeypatch.setattr(ToyEcosystem, "search", lambda self, text: hits)
    assert "warning: toy:left is one letter away from lefty" in polyhy("add toy:left").err


def test_remove_takes_names_with_and_without_ecosystem(polyhy: Any) -> None:
    polyhy("add toy:left toy:pair")
    assert polyhy("remove left").lines == ["removed toy:left"]
    assert polyhy("remove toy:pair --json").out.count("removed") == 1
    assert (
        "toy:x is not declared in pyproject.toml\n  declared there: "
        in polyhy("remove toy:x", 2).err
    )


def test_lock_changes_the_lock_alone(project: Path, polyhy: Any) -> None:
    polyhy("add toy:left@1.0.0")
    (project / "pyproject.toml").write_text('[tool.polyhy.dependencies.toy]\nleft = "*"\n')
    assert polyhy("lock").lines == ["no version changed"]
    assert polyhy("lock --upgrade").lines == ["toy:left: 1.0.0 -> 1.1.0"]
    assert polyhy("lock --upgrade").lines == ["no version changed"]
    assert "3 the lock" in cli.polyhy.epilog


def test_lock_upgrades_what_is_named_and_nothing_else(project: Path, polyhy: Any) -> None:
    polyhy("add toy:left@1.0.0 toy:pair@1.0.0")
    table = '[tool.polyhy.dependencies.toy]\nleft = "*"\npair = "*"\n'
    (project / "pyproject.toml").write_text(table)
    polyhy("lock")
    changed = json.loads(polyhy("lock --upgrade pair --json").out)["changes"]
    assert [each["name"] for each in changed] == ["toy:pair", "toy:right"]


def test_lock_upgrades_by_qualified_names_and_refuses_unknown_ones(polyhy: Any) -> None:
    polyhy("add toy:left@1.0.0")
    Path("pyproject.toml").write_text('[tool.polyhy.dependencies.toy]\nleft = "*"\n')
    said = polyhy("lock --upgrade lfet", 2).err
    assert said == 'polyhy: lfet is not in the lock\n  did you mean "left"?\n'
    assert polyhy("lock --upgrade toy:left").lines == ["toy:left: 1.0.0 -> 1.1.0"]


def test_lock_without_a_manifest_writes_nothing(project: Path, polyhy: Any) -> None:
    assert "there is no manifest here" in polyhy("lock", 2).err
    assert list(project.iterdir()) == []


def test_a_name_that_is_misspelled_is_doubted_where_no_registry_has_it(
    polyhy: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ToyEcosystem, "search", lambda *_: [Hit("left", downloads=9000)])
    said = polyhy("add toy:letf", 1).err
    assert "warning: toy:letf is one letter away from left" in said
    assert "toy has no package 'letf'" in said


def test_lock_makes_one_lock_of_two_that_git_could_not_merge(project: Path, polyhy: Any) -> None:
    polyhy("add toy:left@1.0.0")
    table = '[tool.polyhy.dependencies.toy]\nleft = "1"\nright = "*"\n'
    (project / "pyproject.toml").write_text(table)
    text = (project / "polyhy.lock").read_text()
    (project / "polyhy.lock").write_text(
        text.replace("[roots", "<<<<<<< a\n=======\n>>>>>>> b\n[roots")
    )
    assert "run: polyhy lock, which makes one" in polyhy("sync", 1).err
    polyhy("lock")
    assert polyhy("tree").lines == ["toy:left@1.0.0", "toy:right@3.0.0"]


def test_lock_leaves_what_a_newer_polyhy_wrote_as_it_is(project: Path, polyhy: Any) -> None:
    polyhy("add toy:left")
    newer = (project / "polyhy.lock").read_text().replace("version = 1", "version = 99")
    (project / "polyhy.lock").write_text(newer)
    for words in ("lock", "lock --upgrade", "sync", "add toy:right", "tree"):
        said = polyhy(words, 1).err
        assert "polyhy.lock:2: a newer polyhy wrote it (format 99)\n  run: pip install" in said
    assert (project / "polyhy.lock").read_text() == newer


def test_a_manifest_that_git_could_not_merge_says_so(project: Path, polyhy: Any) -> None:
    (project / "pyproject.toml").write_text("[tool.polyhy]\n<<<<<<< a\n=======\n>>>>>>> b\n")
    assert "pyproject.toml:2: this is a merge mark" in polyhy("add toy:left", 2).err


def test_manifest_and_lock_may_be_links_and_stay_so(project: Path, polyhy: Any) -> None:
    polyhy("add toy:left")
    for name in ("pyproject.toml", "polyhy.lock"):
        (project / name).rename(project.parent / name)
        (project / name).symlink_to(Path("..", name))
    polyhy("add toy:right")
    for name in ("pyproject.toml", "polyhy.lock"):
        assert (project / name).is_symlink()
        assert "right" in (project.parent / name).read_text()


def test_one_package_is_not_several(polyhy: Any) -> None:
    polyhy("add toy:left")
    assert polyhy("sync").lines[0].startswith("1 package in ")


def test_lock_of_a_script_stands_beside_it(project: Path, polyhy: Any) -> None:
    (project / "x.hy").write_text(';; /// polyhy\n;; toy.left = "1.0.0"\n;; ///\n')
    assert polyhy("lock --script x.hy").lines == ["wrote x.hy.lock"]
    assert "left@1.0.0" in (project / "x.hy.lock").read_text()


def test_a_stale_lock_is_exit_code_3(project: Path, polyhy: Any) -> None:
    polyhy("add toy:left")
    (project / "pyproject.toml").write_text('[tool.polyhy.dependencies.toy]\nright = "*"\n')
    assert "toy:right is not locked" in polyhy("sync --frozen", 3).err


def test_sync_offline_and_yes_are_put_in_force(
    polyhy: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "--offline is given" in polyhy("add toy:left --offline", 1).err
    monkeypatch.setattr(ToyEcosystem, "builds", True)
    monkeypatch.setattr(ToyEcosystem, "code", {"left": "build.toy"})
    assert "toy:left@1.1.0 (build.toy)" in polyhy("add toy:left", 1).err
    polyhy("add toy:left --yes")
    polyhy("sync --offline")


def test_run_asks_for_consent_too_and_takes_yes_before_the_file(
    polyhy: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ToyEcosystem, "builds", True)
    monkeypatch.setattr(ToyEcosystem, "code", {"left": "build.toy"})
    Path("p.hy").write_text(';; /// polyhy\n;; toy.left = "*"\n;; ///\n(raise SystemExit)\n')
    assert (
        "toy:left@1.1.0 (build.toy)\n  read it, then run again with --yes"
        in polyhy("run p.hy", 1).err
    )
    polyhy("run --yes p.hy")
    polyhy("run p.hy")


def test_an_option_that_run_does_not_have_is_named(polyhy: Any) -> None:
    assert "No such option '--yess'. Did you mean '--yes'?" in polyhy("run --yess p.hy", 2).err


def test_somebody_at_a_terminal_is_asked_once_for_their_consent(
    polyhy: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from polyhy.front import packages

    asked: list[str] = []
    monkeypatch.setattr(ToyEcosystem, "builds", True)
    monkeypatch.setattr(ToyEcosystem, "code", {"left": "build.toy"})
    Path("pyproject.toml").write_text('[tool.polyhy.dependencies.toy]\nleft = "*"\n')
    monkeypatch.setattr(packages, "confirm", lambda question: asked.append(question) is None)
    polyhy("sync")
    polyhy("sync --frozen")
    (question,) = asked
    assert "toy:left@1.1.0: build.toy" in question
    Path("polyhy.lock").unlink()
    monkeypatch.setattr(packages, "confirm", lambda question: bool(asked.append(question)))
    polyhy("lock")
    assert "toy:left@1.1.0 (build.toy)" in polyhy("sync", 1).err
    assert len(asked) == 3
    polyhy("sync --yes")


def test_scripts_that_did_not_run_are_named(polyhy: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ToyEcosystem, "code", {"left": "install script"})
    said = polyhy("add toy:left").err
    assert (
        'toy:left@1.1.0 did not run its install script; allow-scripts = ["toy:left"] lets' in said
    )


# --- registries


def test_outdated_says_what_is_newer(polyhy: Any) -> None:
    polyhy("add toy:left@1.0.0 toy:right")
    assert polyhy("outdated").lines == [
        "toy:left@1.0.0: 1.0.0, 1.0.0 in range, 1.1.0 is the newest"
    ]
    assert json.loads(polyhy("outdated --json").out)[0]["newest"] == "1.1.0"


def test_search_and_info_say_what_registries_know(polyhy: Any) -> None:
    assert polyhy("search left").lines == ["toy:left 1.1.0  the left toy"]
    assert polyhy("search zzz", 1).lines == []
    assert polyhy("info toy:pair@1").lines == [
        "pair 1.0.0: the pair toy",
        "  licence:   MIT OR GPL-3.0-only",
        "  requires:  left",
        "  versions:  2.0.0, 1.0.0",
    ]


def test_info_loads_a_package_to_list_its_api_only_if_so_asked(
    polyhy: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    import polyhy.guests.namespace as namespace

    module = {"analyze": lambda data, deep=False: None, "size": 3, "_hidden": 1}
    monkeypatch.setattr(namespace, "import_from", lambda ecosystem, name: module)
    assert polyhy("info toy:left --api").lines[-2:] == ["  analyze(data, deep=False)", "  size"]


# --- the lock


def test_tree_and_why(polyhy: Any) -> None:
    polyhy("add toy:pair@1")
    assert polyhy("tree").lines == ["toy:pair@1.0.0", "└── toy:left@1.1.0"]
    assert polyhy("why left").lines == ["toy:pair@1.0.0 → toy:left@1.1.0"]
    assert polyhy("why nothing", 1).lines == ["nothing is not in the lock"]
    assert "there is no lock here\n  run: polyhy add" in elsewhere(polyhy, "tree").err


def elsewhere(polyhy: Any, line: str) -> SimpleNamespace:
    import os

    os.mkdir("empty")
    os.chdir("empty")
    Path("polyhy.toml").touch()
    Path("../polyhy.lock").unlink()
    Path("../pyproject.toml").unlink()
    return polyhy(line, 1)


def test_licenses_lists_each_and_fails_where_the_policy_does(project: Path, polyhy: Any) -> None:
    polyhy("add toy:pair@2")
    assert polyhy("licenses").lines == [
        "toy:left@1.1.0: MIT",
        "toy:pair@2.0.0: MIT OR GPL-3.0-only",
        "toy:right@3.0.0: it names none",
    ]
    with (project / "pyproject.toml").open("a") as stream:
        stream.write('\n[tool.polyhy]\nallow-licenses = ["MIT"]\n')
    assert "does not let in toy:right@3.0.0" in polyhy("licenses", 1).err


def test_audit_has_three_exit_codes(polyhy: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    polyhy("add toy:left")
    assert "not audited" in polyhy("audit", output.NOT_AUDITED).out
    monkeypatch.setattr(ToyEcosystem, "audit", lambda self, pins: [])
    assert polyhy("audit").lines == ["toy: clean (1 package; its client)"]
    found = Finding("pkg:generic/left@1.1.0", "X-1", "it bites")
    monkeypatch.setattr(ToyEcosystem, "audit", lambda self, pins: [found])
    said = json.loads(polyhy("audit --json", output.VULNERABLE).out)
    assert (said["state"], said["ecosystems"][0]["findings"][0]["id"]) == ("vulnerable", "X-1")


def test_audit_reads_a_snapshot_and_checks_signatures(
    project: Path, polyhy: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    polyhy("add toy:left")
    monkeypatch.setattr(ToyEcosystem, "osv", "Toys")
    package = {"package": {"ecosystem": "Toys", "name": "left"}, "versions": ["1.1.0"]}
    (project / "osv.json").write_text(json.dumps({"id": "OSV-1", "affected": [package]}))
    said = polyhy("audit --osv osv.json --signatures", output.VULNERABLE)
    assert said.lines[1].startswith("  pkg:generic/left@1.1.0: OSV-1")
    assert said.lines[-1] == "toy: not checked: its client checks no signatures"
    assert audit.State.NOT_AUDITED.value == "not audited"


def test_sbom_prints_or_writes_the_bill(project: Path, polyhy: Any) -> None:
    polyhy("add toy:left")
    assert json.loads(polyhy("sbom").out)["bomFormat"] == "CycloneDX"
    polyhy("sbom --output bill.json")
    assert json.loads((project / "bill.json").read_text()) == json.loads(polyhy("sbom --json").out)


def test_export_writes_native_files_and_overwrites_none(project: Path, polyhy: Any) -> None:
    polyhy("add toy:left")
    assert polyhy("export native").lines == ["wrote native/toys.txt"]
    assert (project / "native/toys.txt").read_text() == "left 1.1.0\n"
    assert "toys.txt would be overwritten in native" in polyhy("export native", 2).err


def test_export_of_what_is_not_locked_says_so(polyhy: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    polyhy("add toy:left")
    monkeypatch.setattr(ToyEcosystem, "export", lambda *_: {})
    assert "nothing of that is in the lock" in polyhy("export native --only toy", 2).err


def test_bundle_and_sync_from_it(
    project: Path, tmp_path: Path, polyhy: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    polyhy("add toy:pair@2")
    assert polyhy("bundle usb/bundle").lines == ["3 packages in usb/bundle"]
    monkeypatch.setenv("POLYHY_CACHE", str(tmp_path / "another"))
    monkeypatch.setattr(ToyEcosystem, "fetch", None)
    monkeypatch.chdir(project / "usb" / "bundle")
    assert polyhy("sync --frozen --bundle .").lines[0].startswith("3 packages in ")


# --- programs and the machine


def test_x_runs_a_command_of_a_package(capfd: pytest.CaptureFixture[str]) -> None:
    assert cli._run(["x", "toy:left", "/dev/null"]) == 0
    assert capfd.readouterr().out == "1.1.0"
    assert cli._run(["x", "--from", "toy:left", "cat-left", "/no/such"]) == 1
    assert cli._run(["x"]) == 2
    assert "say which package" in capfd.readouterr().err


def test_the_store_is_looked_after(project: Path, cache: Path, polyhy: Any) -> None:
    polyhy("add toy:pair@2")
    assert polyhy("cache dir").lines == [str(cache)]
    assert polyhy("cache verify").lines == ["3 looked at"]
    (victim,) = (cache / "store").rglob("left.txt")
    victim.unlink()
    assert polyhy("cache verify", 1).lines[-1] == "3 looked at"
    (project / ".polyhy" / ".gitignore").unlink()
    assert polyhy("cache prune --age 0").lines[0].startswith("removed 0 packages")


def test_doctor_tells_machines_too(polyhy: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from polyhy.guests import host

    monkeypatch.setattr(host, "bridge", lambda language: None)
    said = json.loads(polyhy("doctor --json").out)
    assert {"runtimes", "libraries", "tools", "project"} == set(said)
    assert all(row["ok"] for row in said["runtimes"])
