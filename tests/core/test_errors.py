"""Every error says what happened, where, and the next command; and survives a pickle."""

from __future__ import annotations

import pickle
from types import SimpleNamespace

import pytest

from polyhy import errors
from polyhy.errors import Frame, GuestError, GuestSyntaxError, NotLocked, PolyhyError, suggest


def tree(root: type[PolyhyError] = PolyhyError) -> list[type[PolyhyError]]:
    return [root, *(each for sub in root.__subclasses__() for each in tree(sub))]


@pytest.mark.parametrize("kind", tree(), ids=lambda kind: kind.__name__)
def test_an_error_prints_its_detail_its_place_and_a_hint(kind: type[PolyhyError]) -> None:
    error = kind("the detail", origin="main.hy:3", hint="run: this", message="the detail")
    text = str(error)
    if not issubclass(kind, GuestError):
        assert "at main.hy:3" in text
        assert "run: this" in text
    if "detail" in kind.text:
        assert "the detail" in text


@pytest.mark.parametrize("kind", tree(), ids=lambda kind: kind.__name__)
def test_an_error_survives_a_pickle(kind: type[PolyhyError]) -> None:
    error = kind(
        "the detail", spec="npm:x", path="args[0]", message="m", frames=(Frame("f", 1, ""),)
    )
    again = pickle.loads(pickle.dumps(error))
    assert type(again) is kind
    assert str(again) == str(error)
    assert again.spec == "npm:x"


def test_every_error_of_the_module_is_in_the_tree() -> None:
    found = {x for x in vars(errors).values() if isinstance(x, type) and issubclass(x, Exception)}
    assert found <= set(tree())


def test_braces_in_a_detail_are_only_text() -> None:
    assert "{name}" in str(PolyhyError("{name}"))


def test_not_locked_says_the_command() -> None:
    text = "npm:lodash is not locked\n  at main.hy:2\n  run: polyhy add npm:lodash"
    assert str(NotLocked(spec="npm:lodash", origin="main.hy:2")) == text


def test_a_guest_error_prints_its_frames() -> None:
    error = GuestError(type_name="TypeError", message="no", frames=(Frame("a.js", 3, "f"),))
    assert str(error) == "TypeError: no\n    at f (a.js:3)"


def test_what_a_guest_error_lacks_is_asked_of_the_object_that_was_thrown() -> None:
    error = GuestError(message="ours", value=SimpleNamespace(code="E1", message="theirs"))
    assert (error.code, error.message) == ("E1", "ours")
    assert "code" in dir(error)
    with pytest.raises(AttributeError, match="'GuestError' object has no attribute 'kode'"):
        _ = error.kode


@pytest.mark.parametrize("value", [None, "text", {"code": 1}])
def test_data_that_was_thrown_lends_a_guest_error_no_attributes(value: object) -> None:
    error = GuestError(value=value)
    assert not hasattr(error, "upper")
    assert not hasattr(error, "keys")
    assert "keys" not in dir(error)


def test_an_error_whose_guest_was_stopped_lacks_its_attributes_without_a_second_error() -> None:
    class Gone:
        def __getattr__(self, name: str) -> object:
            raise errors.Stopped

        def __dir__(self) -> list[str]:
            raise errors.Stopped

    error = GuestError(value=Gone())
    assert not hasattr(error, "code")
    assert "message" in dir(error)


def test_a_guest_syntax_error_is_a_syntax_error() -> None:
    with pytest.raises(SyntaxError):
        raise GuestSyntaxError(type_name="SyntaxError", message="unexpected )")


def test_usage_errors_are_value_errors_and_missing_packages_import_errors() -> None:
    assert issubclass(errors.UnknownEcosystem, ValueError)
    assert issubclass(errors.NotLocked, ImportError)
    assert issubclass(errors.NotInstalled, ImportError)


def test_a_suggestion_is_the_nearest_name_or_all_of_them() -> None:
    assert suggest("nmp", ["npm", "pypi"], "there are") == 'did you mean "npm"?'
    assert suggest("xyz", ["pypi", "npm"], "there are") == "there are: npm, pypi"
    many = [f"n{number:02}" for number in range(99)]
    assert suggest("xyz", many, "there are").endswith(", n38, n39, …")
