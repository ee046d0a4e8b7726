"""Packages of npm, as users import them: any format, one instance, nothing read too soon."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import polyhy
from polyhy.bridges.js.errors import JsError
from polyhy.errors import NoSuchFile
from polyhy.guests import host
from polyhy.packages import env, install
from polyhy.spec import Spec

pytestmark = pytest.mark.registry

NAMES = (
    *("lodash", "react", "react-dom", "nanoid", "@sindresorhus/slugify", "date-fns"),
    *("uuid", "yaml", "zod", "immer", "chalk", "d3-array", "slugify", "semver"),
)


@pytest.fixture(scope="module")
def npm() -> Iterator[Callable[[str], Any]]:
    """`npm("lodash/fp")` imports from an env of all these packages."""
    before = env._chosen
    env.use(install.script([Spec("npm", name) for name in NAMES]))
    yield lambda name: polyhy.import_from("npm", name)
    env.use(before)


@pytest.fixture
def compiled(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The files that are compiled during a test."""
    modules = host.bridge("js").modules  # type: ignore[attr-defined]
    paths: list[str] = []
    compile_ = modules.compile
    monkeypatch.setattr(
        modules, "compile", lambda path, *rest: (paths.append(path), compile_(path, *rest))[1]
    )
    return paths


def test_a_small_import_does_not_read_a_large_package(npm: Any, compiled: list[str]) -> None:
    assert npm("slugify")("Hello, World") == "Hello-World"
    assert [Path(path).name for path in compiled] == ["slugify.js"]


def test_a_function_with_members_is_both(npm: Any) -> None:
    lodash = npm("lodash")
    assert lodash([1, 2]).map(lambda x: x + 1).value() == [2, 3]
    assert lodash.group_by([6.1, 4.2, 6.3], int) == {"4": [4.2], "6": [6.1, 6.3]}


def test_a_subpath_is_a_module(npm: Any) -> None:
    assert npm("lodash/fp").chunk(2, [1, 2, 3]) == [[1, 2], [3]]


def test_packages_share_the_one_instance_of_what_they_depend_on(npm: Any) -> None:
    react, server = npm("react"), npm("react-dom/server")

    def counter(props: Any, *_: Any) -> Any:
        count, _set = react.useState(5)  # hooks work only in the renderer's own react
        return react.createElement("b", None, f"{props.name} {count}")

    element = react.createElement(counter, {"name": "n"})
    assert server.renderToString(element) == "<b>n 5</b>"


def test_a_package_of_esm_alone_is_imported(npm: Any) -> None:
    assert len(npm("nanoid").nanoid()) == 21
    assert npm("chalk").Chalk(level=1).red("x") == "\x1b[31mx\x1b[39m"


def test_a_default_export_among_esm_is_that(npm: Any) -> None:
    assert npm("@sindresorhus/slugify")("Déjà Vu!") == "deja-vu"
    uuid = npm("uuid")
    assert uuid.validate(uuid.v4()) is True


def test_an_exports_map_is_followed(npm: Any) -> None:
    date_fns = npm("date-fns")
    date = polyhy.evaluate("js", "new Date(2024, 1, 28)")
    assert date_fns.format(date_fns.addDays(date, 2), "yyyy-MM-dd") == "2024-03-01"
    assert npm("date-fns/addDays").addDays is not None
    assert npm("yaml").parse("a: [1, 2]") == {"a": [1, 2]}
    assert npm("d3-array").extent([3, 1, 2]) == [1, 3]
    assert npm("semver/functions/inc")("1.2.3", "minor") == "1.3.0"


def test_a_draft_is_changed_by_python(npm: Any) -> None:
    def change(draft: Any) -> None:
        draft.users.push({"name": "b"})
        draft["count"] = 2

    before = {"users": [{"name": "a"}], "count": 1}
    after = npm("immer").produce(before, change)
    assert after == {"users": [{"name": "a"}, {"name": "b"}], "count": 2}
    assert before["count"] == 1


def test_an_error_inside_a_package_names_its_file(npm: Any) -> None:
    with pytest.raises(JsError) as caught:
        npm("yaml").parse("a: [")
    assert any("node_modules/yaml/" in frame.file for frame in caught.value.frames)


def test_validation_errors_keep_their_value(npm: Any) -> None:
    with pytest.raises(JsError) as caught:
        npm("zod").z.string().parse(5)
    assert caught.value.type_name == "ZodError"
    assert caught.value.value.issues[0].code == "invalid_type"


def test_a_module_that_the_package_lacks_is_named(npm: Any) -> None:
    with pytest.raises(NoSuchFile, match="'lodash/no-such-file' in the package lodash"):
        npm("lodash/no-such-file")


def test_a_file_of_the_projects_own_leaves_nothing_beside_it(npm: Any, tmp_path: Path) -> None:
    (tmp_path / "own.js").write_text("exports.f = require('lodash').kebabCase")
    assert polyhy.import_from("js", str(tmp_path / "own.js")).f("fooBar") == "foo-bar"
    assert [file.name for file in tmp_path.iterdir()] == ["own.js"]
