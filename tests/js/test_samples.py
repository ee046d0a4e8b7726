"""Packages of npm and node's own modules give node's answers: the samples are in packages/.

pytest tests/js/test_samples.py                    node's modules, and some of each kind
pytest tests/js/test_samples.py -m npm_packages    all packages, in one env; takes minutes
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from polyhy.bridges.js import npm_client
from polyhy.packages import env, install
from polyhy.spec import Spec

HERE = Path(__file__).parent
KINDS = (
    *("data", "values", "text", "formats", "ui", "programs"),
    *("languages", "science", "binary", "services", "connections", "tools"),
)
SAMPLE = re.compile(r'^  "?((?:@[^"/@]+/)?[^"@:]+?)(?:@([^"/]+)(/[^"]+)?)?"?: ', re.MULTILINE)
BESIDE = (
    *("@babel/preset-env@^7", "@nestjs/common@^11", "@vue/server-renderer@^3", "ajv-formats@^3"),
    *("autoprefixer@^10", "socket.io-client@^4"),
    *("preact-render-to-string@^6", "remark-gfm@^4", "remark-html@^16", "remark-parse@^11"),
    *("remark-rehype@^11", "yauzl@^3"),
)
"""What samples use besides the package that they are named after."""

SOME = {
    "data": ["lodash@^4", "immer@^10", "rxjs@^7", "d3-array@^3"],
    "values": ["jsonwebtoken@^9", "date-fns@^4", "semver@^7"],
    "text": ["chalk@^5", "marked@^15", "handlebars@^4", "iconv-lite@^0.6"],
    "formats": ["yaml@^2", "papaparse@^5", "pngjs@^7", "graphql@^16"],
    "ui": ["preact@^10", "react@^19"],
    "programs": ["commander@^13", "winston@^3", "fast-glob@^3"],
    "languages": ["css-tree@^3", "micromark@^4"],
    "science": ["d3-force@^3", "effect@^3"],
    "binary": ["msgpackr@^1", "@scure/base@^1"],
    "services": ["hono@^4", "chai@^5", "busboy@^1"],
    "connections": ["ws@^8", "pg@^8"],
    "tools": ["fastq@^1", "memfs@^4"],
}
NEEDED = 0.95
"""How much of all packages must give node's answer in process."""

pytestmark = pytest.mark.registry


def samples(kind: str) -> list[tuple[str, str, str]]:
    """Each sample's whole name, its package and its range."""
    text = (HERE / "packages" / f"{kind}.js").read_text("utf-8").partition("module.exports")[2]
    found = ((m[0].strip(' ":'), m[1], m[2] or "") for m in SAMPLE.finditer(text))
    return [each for each in found if each[2]]


def env_of(wanted: list[str]) -> Path:
    """The root of an env with the packages of these samples."""
    kinds = (*KINDS, "node_only")
    known = {name: Spec("npm", package, v) for k in kinds for name, package, v in samples(k)}
    specs = [known[name] for name in wanted]
    for each in BESIDE:
        name, _, version = each.rpartition("@")
        specs += [] if any(spec.name == name for spec in specs) else [Spec("npm", name, version)]
    return install.script(specs).root


def answers(*command: str | Path, **variables: str) -> dict[str, str]:
    done = subprocess.run(
        [*map(str, command)],
        env={**os.environ, "NODE_ENV": "production", "NODE_NO_WARNINGS": "1", **variables},
        capture_output=True,
        text=True,
        timeout=500,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return json.loads(done.stdout.splitlines()[-1])


def of_node(root: Path, kind: str, *names: str) -> dict[str, str]:
    found = env.at(root)
    assert found is not None
    modules = found.paths("npm")[0] / "node_modules"
    node = shutil.which("node") or npm_client.command()[0]
    wanted = [",".join(names)] if names else []
    return answers(node, HERE / "packages" / "run.js", kind, *wanted, NODE_PATH=str(modules))


def of_polyhy(root: Path, kind: str, *names: str) -> dict[str, str]:
    return answers(sys.executable, HERE / "answers.py", root, kind, *names)


@pytest.fixture(scope="module")
def some() -> Path:
    return env_of([name for names in SOME.values() for name in names])


@pytest.mark.parametrize("kind", SOME)
def test_some_packages_of_a_kind_give_nodes_answer(kind: str, some: Path) -> None:
    names = SOME[kind]
    assert of_polyhy(some, kind, *names) == of_node(some, kind, *names)


def test_nodes_own_modules_give_nodes_answer(some: Path) -> None:
    ours, nodes = of_polyhy(some, "builtins"), of_node(some, "builtins")
    assert len(nodes) > 40
    assert [answer for answer in nodes.values() if answer.startswith("error")] == []
    assert ours == nodes


@pytest.fixture(scope="module")
def everything() -> Path:
    return env_of([name for kind in KINDS for name, _, _ in samples(kind)])


@pytest.mark.npm_packages
@pytest.mark.slow
def test_all_packages_give_nodes_answer(
    everything: Path, record_property: Callable[[str, object], None]
) -> None:
    total, wrong = 0, []
    for kind in KINDS:
        nodes = of_node(everything, kind)
        ours = of_polyhy(everything, kind)
        total += len(nodes)
        wrong += [name for name in nodes if ours.get(name) != nodes[name]]
        wrong += [name for name in nodes if nodes[name].startswith("error")]
    record_property("packages", f"{total - len(wrong)} of {total}")
    print(f"{total - len(wrong)} of {total} packages; not: {wrong}")
    assert total >= 600
    assert (total - len(wrong)) / total >= NEEDED, wrong


@pytest.mark.npm_packages
@pytest.mark.slow
def test_what_only_node_can_do_says_so() -> None:
    names = [name for name, package, _ in samples("node_only") if package != "better-sqlite3"]
    assert len(names) > 4  # better-sqlite3 looks for what its install script would have built
    ours = of_polyhy(env_of(names), "node_only", *names)
    assert [name for name in names if not re.search(r':in \\?"node', ours[name])] == []


ADDON = """
[project]
name = "own"
version = "0"

[tool.polyhy]
allow-scripts = ["npm:better-sqlite3"]

[tool.polyhy.dependencies.npm]
better-sqlite3 = "^11"
"""


@pytest.mark.npm_packages
@pytest.mark.slow
def test_an_addon_is_compiled_where_the_manifest_allows_it(project: Path) -> None:
    (project / "pyproject.toml").write_text(ADDON, "utf-8")
    program = (
        "import polyhy; D = polyhy.import_from('npm', 'better-sqlite3', runtime='node');"
        "print(D(':memory:').prepare('select 1 + 1 as x').get())"
    )
    sync = [sys.executable, "-c", "from polyhy.front.cli import main; main()", "sync"]
    subprocess.run(sync, check=True, timeout=1500)
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert done.stdout == "{'x': 2}\n", done.stderr


def test_there_are_as_many_samples_as_the_readme_says() -> None:
    counts = [len(samples(kind)) for kind in KINDS]
    readme = (HERE.parents[1] / "bridges" / "js" / "README.md").read_text("utf-8")
    rows = re.findall(r"^\| \[(\w+)\]\([^)]*\) \|.*\| (\d+) of (\d+) \|$", readme, re.MULTILINE)
    assert [row[0] for row in rows] == [*KINDS]
    assert [int(row[2]) for row in rows] == counts
    assert sum(int(row[1]) for row in rows) / sum(counts) >= NEEDED
