"""What can't be meant is said when it is compiled, with a caret under the form and a hint."""

from __future__ import annotations

import sys
import types
from pathlib import Path
from typing import Any

import hy
import pytest
from hy.compiler import hy_compile
from hy.errors import HyMacroExpansionError, HySyntaxError

HEAD = "(require polyhy * :readers *)\n"

# The form that is wrong stands between « and ».
MISTAKES = [
    ('(import-from «"toi"» greet)', "there is no ecosystem 'toi'; did you mean \"toy\"?"),
    ('(import-from «"xyz"» greet)', "there is no ecosystem 'xyz'; there are: "),
    ("(import-from «toy» greet)", 'the ecosystem is a literal string: (import-from "npm" lodash)'),
    ("(import-from «(f)» greet)", "the ecosystem is a literal string"),
    ("«(import-from)»", 'it names an ecosystem and packages: (import-from "npm" lodash)'),
    ('(import-from "toy" greet «:as»)', "after :as stands a name: :as name"),
    ('(import-from "toy" greet :as «"g"»)', "after :as stands a name"),
    ('(import-from "toy" «:as» g)', "a keyword follows the name of a package: lodash :as _"),
    ('(import-from "toy" «[hello]»)', "a list of members follows the name of a package"),
    ('(import-from "toy" greet «[]»)', "the list of members is empty"),
    ('(import-from "toy" greet [«3»])', "a member is a name or a string"),
    ('(import-from "toy" greet [hello «:as»])', "after :as stands a name"),
    ('(import-from "toy" greet [hello :as «4»])', "after :as stands a name"),
    ('(import-from "toy" greet :as g «[hello]»)', "this is the second clause of greet"),
    ('(import-from "toy" greet [hello] «:as» g)', "this is the second clause of greet"),
    ('(import-from "toy" «3»)', 'a package is a name or a string: lodash, "lodash@^4"'),
    ('(import-from "toy" «*»)', "a package is a name or a string"),
    ('(import-from "toy" greet@«~4»)', "a package is a name or a string"),
    ('(import-from "toy" «(f x)»)', "a package is a name or a string"),
    ('(import-from "toy" «"gr eet"»)', "'gr eet' is not a package spec: "),
    ('(import-from "toy" «"npm:lodash"»)', "it stands among packages of toy"),
    ('(import-from "toy" greet «:loud» True)', 'greet takes no :loud; did you mean "louder"?'),
    ('(import-from "toy" greet :from «"toy"»)', "the ecosystem stands first in import-from"),
    ('(defn f [] (import-from "toy" greet «*»))', "* is for the top of a file"),
    ('(import «"greet"»)', 'say where it comes from: (import "lodash" :from "npm")'),
    ('(import "greet" «:from»)', 'after :from stands an ecosystem: :from "npm"'),
    ('(import "greet" :from «toy»)', "after :from stands an ecosystem"),
    ('(import "greet" :from «"toi"»)', 'did you mean "toy"?'),
    ('(import «"gr eet"» :from "toy")', "'gr eet' is not a package spec"),
    ('(eval-in «"toi"» "1")', "there is no language 'toi'; did you mean \"toy\"?"),
]


@pytest.fixture(autouse=True)
def _toys(toys: Path) -> None:
    """The toy is known."""


def compiled(source: str) -> Any:
    module = types.ModuleType("mistaken")
    return hy_compile(hy.read_many(source, filename="mistaken.hy"), module)


@pytest.mark.parametrize(("marked", "message"), MISTAKES)
def test_a_mistake_is_a_syntax_error_under_its_form(marked: str, message: str) -> None:
    before, _, after = marked.partition("«")
    line = "  " + before + after.replace("»", "")
    with pytest.raises(HySyntaxError) as caught:
        compiled(f"{HEAD}\n{line}\n")
    assert message in caught.value.msg
    assert (caught.value.filename, caught.value.lineno) == ("mistaken.hy", 3)
    assert caught.value.offset == 2 + len(before) + 1
    assert caught.value.text is not None
    assert caught.value.text.startswith(line)


def test_the_error_is_shown_with_a_caret_and_no_frame_of_ours(tmp_path: Path, run: Any) -> None:
    (tmp_path / "mistaken.hy").write_text(f'{HEAD}(print 1)\n  (import-from "toi" greet)\n')
    done = run("hy", "mistaken.hy", cwd=tmp_path)
    assert done.returncode == 1
    assert done.stdout == ""
    *_, line, caret, message = done.stderr.splitlines()
    assert line.strip() == '(import-from "toi" greet)'
    assert caret.index("^") == line.index('"toi"')
    assert message.endswith("there is no ecosystem 'toi'; did you mean \"toy\"?")
    assert "clauses.py" not in done.stderr
    assert "imports.hy" not in done.stderr


@pytest.mark.parametrize("form", ["(by-ref)", "(by-ref 1 2)", '(eval-in "toy")'])
def test_a_missing_argument_is_an_error_under_the_form(form: str) -> None:
    with pytest.raises(HyMacroExpansionError, match=r"argument"):
        compiled(HEAD + form)


def test_no_runtime_is_started_and_no_room_imported_by_a_mistake(tmp_path: Path, run: Any) -> None:
    (tmp_path / "mistaken.hy").write_text(f'{HEAD}(import-from "npn" greet)\n')
    program = (
        "import hy, sys\n"
        "try: import mistaken\n"
        "except hy.errors.HySyntaxError: pass\n"
        "print([m for m in sys.modules if m.startswith(('polyhy.bridges.', 'polyhy.testing'))])"
    )
    done = run(Path(sys.executable).name, "-c", program, cwd=tmp_path)
    assert done.stdout == "[]\n", done.stderr
