"""Specs as people write them, and pins as purls."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from polyhy.errors import SpecError
from polyhy.spec import Pin, Spec

NAMES = st.from_regex(r"(@[a-z0-9][a-z0-9._-]{0,8}/)?[a-zA-Z0-9_][a-z0-9._+-]{0,8}", fullmatch=True)
EXTRAS = st.sets(st.from_regex(r"[a-z][a-z0-9_.-]{0,4}", fullmatch=True), max_size=3)
VERSIONS = st.one_of(
    st.just(""),
    st.from_regex(r"[\^]?[0-9]{1,3}(\.[0-9]{1,3}){0,2}", fullmatch=True),
    st.from_regex(r"(~=|>=|<=|==|!=|<|>|~|\^)[0-9]{1,3}(\.[0-9]{1,3})?(,<[0-9])?", fullmatch=True),
    st.sampled_from(["latest", "next", "1.x", "^1 || ^2"]),
)
SUBPATHS = st.from_regex(r"([a-z0-9._-]{1,5}(/[a-z0-9._-]{1,5})?)?", fullmatch=True)


@given(st.sampled_from(["npm", "pypi", "a-b"]), NAMES, VERSIONS, SUBPATHS, EXTRAS)
def test_what_is_printed_is_read_again(
    eco: str, name: str, version: str, subpath: str, extras: set[str]
) -> None:
    spec = Spec(eco, name, version, subpath, tuple(sorted(extras)))
    assert Spec.parse(str(spec)) == spec
    assert Spec.parse(str(spec), eco) == spec


@given(st.text())
def test_any_text_is_a_spec_or_a_spec_error(text: str) -> None:
    for ecosystem in ("", "npm"):
        with contextlib.suppress(SpecError):
            spec = Spec.parse(text, ecosystem)
            assert Spec.parse(str(spec)) == spec


@pytest.mark.parametrize(
    ("text", "spec"),
    [
        ("npm:lodash", Spec("npm", "lodash")),
        ("npm:lodash@^4", Spec("npm", "lodash", "^4")),
        ("npm:lodash@^4/fp", Spec("npm", "lodash", "^4", "fp")),
        ("npm:@scope/pkg", Spec("npm", "@scope/pkg")),
        ("npm:@scope/pkg@1/a/b", Spec("npm", "@scope/pkg", "1", "a/b")),
        ("pypi:numpy>=2,<3", Spec("pypi", "numpy", ">=2,<3")),
        ("pypi:numpy~=2.0", Spec("pypi", "numpy", "~=2.0")),
        (" npm:lodash ", Spec("npm", "lodash")),
        ("c:gtk+-3.0", Spec("c", "gtk+-3.0")),
        ("pypi:torch==2.1.0+cpu", Spec("pypi", "torch", "==2.1.0+cpu")),
        ("pypi:numpy >=2, <3", Spec("pypi", "numpy", ">=2, <3")),
        ("npm:lodash @^4", Spec("npm", "lodash", "^4")),
        ("pypi:httpx[http2]", Spec("pypi", "httpx", extras=("http2",))),
        ("crates:serde[rc, derive]@1", Spec("crates", "serde", "1", extras=("derive", "rc"))),
    ],
)
def test_a_spec_is_read(text: str, spec: Spec) -> None:
    assert Spec.parse(text) == spec


@pytest.mark.parametrize(
    ("text", "ecosystem", "message"),
    [
        ("lodash", "", "the ecosystem is missing\n  write npm:lodash"),
        ("pypi:six", "npm", "it stands among packages of npm"),
        ("lo dash", "npm", "there is a character that no name has"),
        ("", "npm", "there is a character that no name has"),
        ("@scope", "npm", 'write "lodash", "lodash@^4", "@scope/pkg" or "lodash/fp"'),
    ],
)
def test_what_is_no_spec_says_so(text: str, ecosystem: str, message: str) -> None:
    with pytest.raises(SpecError) as caught:
        Spec.parse(text, ecosystem)
    assert message in str(caught.value)


def test_the_module_is_the_name_with_its_subpath() -> None:
    assert Spec.parse("npm:lodash@^4/fp").module == "lodash/fp"
    assert Spec.parse("npm:@scope/pkg").module == "@scope/pkg"


def test_a_pin_is_a_purl() -> None:
    assert Pin("npm", "@scope/pkg", "1.0.0", "npm").purl == "pkg:npm/%40scope/pkg@1.0.0"
    assert Pin("crates", "regex", "1.2.3", "cargo").purl == "pkg:cargo/regex@1.2.3"
