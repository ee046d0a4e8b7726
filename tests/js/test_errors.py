"""Errors keep their nature, their causes and their frames, however often they cross."""

from __future__ import annotations

import subprocess
import sys
import traceback

import pytest

import polyhy
from polyhy.bridges.js.errors import JsError


def names(error):
    return [frame.name for frame in traceback.extract_tb(error.__traceback__)]


def lines(error):
    return "".join(traceback.format_exception(type(error), error, error.__traceback__))


def test_a_traceback_has_the_frames_of_scripts_in_call_order(js):
    outer = js("function outer(f) { return inner(f) } function inner(f) { return f() } outer")

    def middle():
        return js("function last() { throw new TypeError('deep') } last")()

    with pytest.raises(JsError, match="deep") as caught:
        outer(middle)
    order = [name for name in names(caught.value) if name in ("outer", "inner", "middle", "last")]
    assert order == ["outer", "inner", "middle", "last"]


def test_a_traceback_shows_the_lines_of_a_script(tmp_path):
    file = tmp_path / "code.hy"
    file.write_text("(js\nfunction broken(x) {\n  return x.missing.more\n}\n)\n")
    source = "function broken(x) {\n  return x.missing.more\n}\nbroken"
    broken = polyhy.evaluate("js", source, origin=f"{file}:2")
    with pytest.raises(JsError) as caught:
        broken({})
    assert f'File "{file}", line 3, in broken\n    return x.missing.more\n' in lines(caught.value)


def test_a_python_exception_that_crosses_twice_stays_whole(js):
    first = OSError("first")
    mine = KeyError("mine")

    def raiser():
        raise mine from first

    one = js("function one(f) { return f() } one")
    two = js("function two(f) { return f() } two")
    with pytest.raises(KeyError) as caught:
        one(lambda: two(raiser))
    assert caught.value is mine
    assert caught.value.__cause__ is first
    order = [name for name in names(mine) if name in ("one", "two", "raiser")]
    assert order == ["one", "two", "raiser"]


def test_a_scripts_error_that_crosses_python_is_the_same_object_on_both_sides(js):
    thrower = js("globalThis.mine = new RangeError('mine'); () => { throw mine }")
    seen = []

    def between():
        try:
            thrower()
        except JsError as error:
            seen.append(error)
            raise

    assert js("f => { try { f() } catch (e) { return e === mine } }")(between) is True
    with pytest.raises(JsError) as caught:
        js("f => f()")(between)
    assert caught.value is seen[-1]
    js("delete globalThis.mine")


def test_a_cause_is_the_cause(js):
    with pytest.raises(JsError, match="outer") as caught:
        js("() => { throw new Error('outer', { cause: new TypeError('inner') }) }")()
    cause = caught.value.__cause__
    assert isinstance(cause, JsError)
    assert (cause.type_name, cause.message) == ("TypeError", "inner")


def test_a_cause_of_python_is_itself(js):
    mine = ValueError("mine")

    def raiser():
        raise mine

    with pytest.raises(JsError, match="wrapped") as caught:
        js("f => { try { f() } catch (cause) { throw new Error('wrapped', { cause }) } }")(raiser)
    assert caught.value.__cause__ is mine


def test_causes_that_go_in_a_circle_end(js):
    with pytest.raises(JsError, match="round"):
        js("() => { const e = new Error('round'); e.cause = e; throw e }")()


def test_a_script_sees_the_cause_of_a_python_exception(js):
    def raiser():
        raise ValueError("late") from KeyError("early")

    assert js("f => { try { f() } catch (e) { return [e.name, e.cause.name] } }")(raiser) == [
        "ValueError",
        "KeyError",
    ]


def test_the_errors_of_an_aggregate_are_there(js):
    with pytest.raises(JsError) as caught:
        js("() => { throw new AggregateError([new TypeError('a'), new RangeError('b')], 'all') }")()
    assert [error.type_name for error in caught.value.errors] == ["TypeError", "RangeError"]


def test_an_error_of_a_class_of_its_own_keeps_its_name_and_members(js):
    with pytest.raises(JsError) as caught:
        js("""() => {
            class Oops extends Error { name = 'Oops'; constructor() { super('no'); this.code = 7 } }
            throw new Oops();
        }""")()
    assert (caught.value.type_name, caught.value.value.code) == ("Oops", 7)
    assert caught.value.code == 7


def test_errors_of_a_librarys_own_kind_are_its_own(js):
    with pytest.raises(JsError) as caught:
        js("() => { throw Object.assign(new Error('no'), { errors: ['a', 'b'] }) }")()
    assert polyhy.data(caught.value.errors) == ["a", "b"]


def test_an_object_that_is_no_error_is_shown_when_thrown(js):
    with pytest.raises(JsError, match=r"thrown object: \{ status: 404 \}") as caught:
        js("() => { throw { status: 404 } }")()
    assert caught.value.status == 404


def test_an_error_as_a_value_is_a_proxy_with_its_members(js):
    error = js("new TypeError('kept', { cause: 1 })")
    assert (error.message, error.name, error.cause) == ("kept", "TypeError", 1)
    assert repr(error) == "TypeError: kept"


@pytest.mark.parametrize("member", ["name", "message", "stack", "cause"])
def test_an_error_whose_members_throw_is_still_an_error(js, member):
    with pytest.raises(JsError):
        js(f"""() => {{
            const e = new Error('x');
            Object.defineProperty(e, '{member}', {{ get() {{ throw new Error('inside') }} }});
            throw e;
        }}""")()


def test_an_exception_whose_text_fails_crosses(js):
    class Bad(Exception):
        def __str__(self):
            raise RuntimeError

    def raiser():
        raise Bad

    with pytest.raises(Bad):
        js("f => f()")(raiser)


def test_exception_groups_come_home(js):
    if sys.version_info < (3, 11):
        return
    group = ExceptionGroup("both", [ValueError("a"), KeyError("b")])  # noqa: F821

    def raiser():
        raise group

    with pytest.raises(ExceptionGroup) as caught:  # noqa: F821
        js("f => f()")(raiser)
    assert caught.value is group


def test_system_exit_and_keyboard_interrupt_pass_through(js):
    for kind in (SystemExit, KeyboardInterrupt, GeneratorExit):

        def raiser(kind=kind):
            raise kind

        with pytest.raises(kind):
            js("f => f()")(raiser)


def test_an_exit_within_a_callback_keeps_its_code():
    program = "import sys, polyhy\npolyhy.evaluate('js', 'f => f()')(lambda: sys.exit(5))\n"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (5, "")


def test_a_hundred_thousand_frames_are_a_clear_error(js):
    with pytest.raises(JsError, match="recursion") as caught:
        js("function f() { return f() }; f")()
    assert len(names(caught.value)) < 60
