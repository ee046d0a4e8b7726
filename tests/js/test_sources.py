"""Files of the project's own: ESM, TypeScript and JSX, with errors where they were written."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import polyhy
from polyhy.bridges.js import stacks
from polyhy.bridges.js.errors import JsError, JsSyntaxError
from polyhy.errors import NoSuchFile
from polyhy.guests import host
from polyhy.packages import env, install
from polyhy.spec import Spec

MADE = "exports.f = () => {\nthrow new Error('x') }\n//# sourceMappingURL=made.js.map\n"
PACKAGES = (("react", "^19"), ("react-dom", "^19"), ("nanoid", "^5"), ("yaml", "^2"))


@pytest.fixture(scope="module", autouse=True)
def packages() -> Iterator[None]:
    before = env._chosen
    env.use(install.script([Spec("npm", *each) for each in PACKAGES]))
    polyhy.import_from("npm", "yaml")
    yield
    env.use(before)


@pytest.fixture
def load(tmp_path: Path) -> Callable[..., Any]:
    """Write files, and import the first one."""

    def load(**files: str) -> Any:
        for name, text in files.items():
            file = tmp_path / name.replace("__", "/").replace("_", ".")
            file.parent.mkdir(exist_ok=True)
            file.write_text(text, "utf-8")
        first = next(iter(files)).replace("__", "/").replace("_", ".")
        return polyhy.import_from("js", str(tmp_path / first))

    return load


pytestmark = pytest.mark.registry


class TestWhatIsLoaded:
    def test_esm_imports_its_neighbours_and_packages(self, load: Any) -> None:
        module = load(
            main_mjs="""
                import { nanoid } from "nanoid";
                import YAML, { parse } from "yaml";
                import twice, { half } from "./lib/twice.mjs";
                import data from "./data.json";
                import * as all from "./lib/twice.mjs";
                export const f = (x) => twice(half(x)) + data.n;
                const kinds = [typeof YAML.stringify, Object.keys(all)];
                export default [nanoid().length, parse("a: 1").a, ...kinds];
            """,
            lib__twice_mjs="export default (x) => 2 * x; export const half = (x) => x / 2;",
            data_json='{"n": 1}',
        )
        assert module.f(5) == 6
        assert polyhy.data(module.default) == [21, 1, "function", ["default", "half"]]

    def test_typescript_with_its_names_of_files(self, load: Any) -> None:
        module = load(
            main_ts="""
                import { area, Kind } from "./shape.js";  // TypeScript means shape.ts
                import type { Shape } from "./shape";
                export function total(shapes: Shape[]): number {
                  return shapes.map(area).reduce((a, b) => a + b, 0);
                }
                export const kind: Kind = Kind.Square;
            """,
            shape_ts="""
                export interface Shape { side: number }
                export enum Kind { Circle, Square }
                export const area = ({ side }: Shape): number => side ** 2;
            """,
        )
        assert module.total([{"side": 2}, {"side": 3}]) == 13
        assert module.kind == 1

    def test_jsx_is_react_without_an_import_of_it(self, load: Any) -> None:
        module = load(
            list_tsx="""
                import { renderToString } from "react-dom/server";
                const Item = ({ name }: { name: string }) => <li>{name}</li>;
                export const render = (names: string[]) =>
                  renderToString(<ul>{names.map((n) => <Item key={n} name={n} />)}</ul>);
            """
        )
        assert module.render(["a", "b"]) == "<ul><li>a</li><li>b</li></ul>"

    def test_jsx_is_what_tsconfig_says(self, load: Any, tmp_path: Path) -> None:
        settings = '{"compilerOptions": {"jsx": "react", "jsxFactory": "h"}}'
        (tmp_path / "tsconfig.json").write_text(settings)
        module = load(
            a_jsx="const h = (tag, props) => [tag, props.x]; export const f = () => <b x='1' />;"
        )
        assert module.f() == ["b", "1"]

    def test_a_js_file_of_esm_and_a_cjs_file_of_commonjs(self, load: Any) -> None:
        module = load(
            main_js='import old from "./old.cjs"; export const f = () => old.g();',
            old_cjs="exports.g = () => [__filename.endsWith('old.cjs'), typeof require];",
        )
        assert module.f() == [True, "function"]

    def test_import_meta_and_imports_at_run_time(self, load: Any, tmp_path: Path) -> None:
        module = load(
            main_mts="""
                export const here = [import.meta.url, import.meta.filename, import.meta.dirname];
                export const later = async () => (await import("./later.mts")).x;
            """,
            later_mts="export const x: number = 5;",
        )
        file = str(tmp_path / "main.mts")
        assert polyhy.data(module.here) == [f"file://{file}", file, str(tmp_path)]
        said: list[Any] = []
        module.later().then(said.append)
        host.wait()
        assert said == [5]

    def test_a_module_runs_once_whoever_imports_it(self, load: Any) -> None:
        module = load(
            main_mjs="""
                import { n } from "./n.mjs";
                import { m } from "./other.mjs";
                n.up();
                export const seen = () => m.n.count;
            """,
            other_mjs='import { n } from "./n.mjs"; n.up(); export const m = { n };',
            n_mjs="export const n = { count: 0, up() { this.count++ } };",
        )
        assert module.seen() == 2

    def test_nothing_is_left_beside_the_files(self, load: Any, tmp_path: Path) -> None:
        load(only_ts="export const x: number = 1;")
        assert [each.name for each in tmp_path.iterdir()] == ["only.ts"]

    def test_a_file_that_is_not_there_is_named(self, load: Any) -> None:
        with pytest.raises(JsError, match=r"Cannot find module '\./none\.js'"):
            load(main_ts='import "./none.js";')
        with pytest.raises(NoSuchFile):
            polyhy.import_from("js", "./none.ts")


class TestWhereErrorsAre:
    def test_a_frame_of_typescript_has_its_file_line_and_function(
        self, load: Any, tmp_path: Path
    ) -> None:
        module = load(
            main_ts="""import { check } from "./check";

interface User { name: string }

export function greet(user: User): string {
  return check(user.name);
}
""",
            check_ts="""type Text = string;
type Other = number;


export const check = (text: Text): Text => {
  if (text.length < 2) throw new RangeError("too short");
  return text;
};
""",
        )
        with pytest.raises(JsError, match="too short") as caught:
            module.greet({"name": "x"})
        frames = [(Path(f.file).name, f.line, f.function) for f in caught.value.frames]
        assert frames == [("check.ts", 6, "check"), ("main.ts", 6, "greet")]
        assert caught.value.frames[0].file == str(tmp_path / "check.ts")

    def test_a_frame_of_jsx_too(self, load: Any) -> None:
        module = load(
            page_tsx="""type P = { x?: { y: string } };

const Part = ({ x }: P) => (
  <p>
    {x!.y}
  </p>
);

export const page = (p: P) => Part(p);
"""
        )
        with pytest.raises(JsError) as caught:
            module.page({})
        lines = [(Path(f.file).name, f.line) for f in caught.value.frames]
        assert lines == [("page.tsx", 5), ("page.tsx", 9)]

    def test_a_frame_of_a_package_of_esm_is_in_the_file_that_it_ships(self) -> None:
        with pytest.raises(JsError) as caught:
            polyhy.import_from("npm", "nanoid").custom_alphabet(None, 5)()
        frame = caught.value.frames[0]
        text = Path(frame.file).read_text("utf-8").splitlines()[frame.line - 1]
        assert "nanoid/index" in frame.file
        assert "alphabet.length" in text

    def test_a_file_that_ships_a_map_is_read_through_it(self, load: Any, tmp_path: Path) -> None:
        (tmp_path / "made.js.map").write_text(
            '{"version": 3, "sources": ["src/real.ts"], "names": [], "mappings": "AAAA;AAUA"}'
        )
        module = load(made_js=MADE)
        with pytest.raises(JsError) as caught:
            module.f()
        frame = caught.value.frames[0]
        assert (frame.file, frame.line) == (str(tmp_path / "src" / "real.ts"), 11)

    def test_a_source_that_is_no_file_keeps_its_name(self, load: Any, tmp_path: Path) -> None:
        (tmp_path / "made.js.map").write_text(
            '{"version": 3, "sources": ["webpack:/lib/a.js"], "names": [], "mappings": "AAAA;AAUA"}'
        )
        module = load(made_js=MADE)
        with pytest.raises(JsError) as caught:
            module.f()
        assert caught.value.frames[0].file == "webpack:/lib/a.js"

    def test_a_map_that_is_broken_changes_nothing(self, load: Any, tmp_path: Path) -> None:
        (tmp_path / "made.js.map").write_text("{")
        module = load(made_js=MADE)
        with pytest.raises(JsError) as caught:
            module.f()
        assert caught.value.frames[0].line == 2

    def test_source_that_does_not_parse_says_where(self, load: Any, tmp_path: Path) -> None:
        with pytest.raises(JsSyntaxError, match='Unexpected "="') as caught:
            load(bad_ts="export const x = 1;\nlet y: = 2;\n")
        frame = caught.value.frames[0]
        assert (frame.file, frame.line) == (str(tmp_path / "bad.ts"), 2)

    def test_a_changed_file_is_converted_anew(self, tmp_path: Path) -> None:
        from polyhy.bridges.js import sources
        from polyhy.bridges.js.packages import Packages

        modules: Any = host.bridge("js").modules  # type: ignore[attr-defined]
        tools: Packages = modules._tools
        file = tmp_path / "a.ts"
        file.write_text("export const x: number = 1;")
        first = sources.file(str(file), tools).text
        file.write_text("export const x: number = 2;")
        second = sources.file(str(file), tools).text
        assert first != second
        assert "x = 2" in second.read_text("utf-8")
        assert sources.file(str(file), tools).text == second


def _encoded(numbers: list[int]) -> str:
    """Numbers as source maps write them."""
    out = []
    for number in numbers:
        value = (abs(number) << 1) | (number < 0)
        while value >= 32:
            out.append(stacks._ALPHABET[(value & 31) | 32])
            value >>= 5
        out.append(stacks._ALPHABET[value])
    return "".join(out)


@given(st.lists(st.integers(-(2**31), 2**31), max_size=5))
def test_numbers_of_source_maps_are_read_as_written(numbers: list[int]) -> None:
    assert stacks._numbers(_encoded(numbers)) == numbers


PIECE = st.tuples(st.integers(0, 99), st.integers(0, 99), st.integers(0, 99))


@given(st.lists(st.lists(PIECE, max_size=4), max_size=5))
def test_every_piece_of_a_source_map_is_found(lines: list[list[tuple[int, int, int]]]) -> None:
    mappings, source, line, at = [], 0, 0, 0
    wanted = [
        sorted({piece[0]: (piece[0], 0, *piece[1:]) for piece in each}.values()) for each in lines
    ]
    for each in wanted:
        column, texts = 0, []
        for piece in each:
            step = [piece[0] - column, piece[1] - source, piece[2] - line, piece[3] - at]
            texts.append(_encoded(step))
            column, source, line, at = piece
        mappings.append(",".join(texts))
    parsed = stacks._parse({"sources": ["a"], "mappings": ";".join(mappings)})
    assert parsed.lines[: len(wanted)] == wanted
