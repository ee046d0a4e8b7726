"""Two hundred inputs that no front may be hurt by: broken, huge, deep, binary, endless."""

from __future__ import annotations

import random
from typing import NamedTuple


class Input(NamedTuple):
    """What is typed; `endless` is interrupted."""

    text: str
    endless: bool = False


PIECES = [
    *("(", ")", "[", "]", "{", "}", '"', "'", "`", "~", "~@", "#", "#[", "#[[", "]]", "#_", "#*"),
    *(";", ":", ".", "..", "\\", "\x00", "\x07", "\x1b[2J", "\u2028", "\ufeff", "é", "😀", "\t"),
    *(
        "defn",
        "fn",
        "let",
        "setv",
        "x",
        "y",
        "1",
        "1e999",
        "-",
        "0x",
        "1j",
        "import",
        "require",
        ".",
    ),
    *("defmacro", "if", "try", "for", "quote", "unquote", "*1", ":as", " ", " ", "\n", "\r\n", "f"),
]

ENDLESS = [
    "(while True)",
    "(while True (print 1))",
    "(import time) (time.sleep 600)",
    "(import time) (while True (try (time.sleep 0.001) (except [ValueError] 1)))",
    "(defmacro endless [] (while True)) (endless)",
    "(defreader r (while True)) #r",
    "(import asyncio) (await (asyncio.sleep 600))",
    "(sum (gfor x (iter int 1) x))",
]

HARD = [
    "(" * 5000,
    "(" * 2000 + ")" * 2000,
    "[" * 100 + "]" * 100,  # Hy takes the cube of the depth for it
    "'" * 3000 + "x",
    "~" * 3000 + "x",
    '"' * 4001,
    "(+ " * 1000 + "1" + ")" * 1000,
    "(fn [] " * 60 + "1" + ")" * 60,
    "(if 1 " * 500 + "1" + ")" * 500,
    "x" * 100_000,
    "1" * 5000,
    "; " + "y" * 100_000,
    "\n" * 10_000,
    '(* "x" 3000000)',
    "(list (range 300000))",
    '(print (* "x" 1000000))',
    "(for [i (range 20000)] (print i))",
    "[(setx big (list (range 1000))) big big]",
    "(setv loop []) (.append loop loop) loop",
    "(defn f [] (f)) (f)",
    "(defclass A [] (defn __repr__ [self] (/ 1 0))) (A)",
    "(defclass A [] (defn __repr__ [self] None)) [(A) (A)]",
    "(defclass A [] (defn __getattr__ [self n] (raise (MemoryError)))) (A)",
    "(defclass E [Exception] (defn __str__ [self] (/ 1 0))) (raise (E))",
    "(defclass E [Exception] (defn __repr__ [self] (/ 1 0))) (raise (E))",
    "(raise (BaseException 1))",
    "(raise KeyboardInterrupt)",
    "(raise GeneratorExit)",
    "(raise StopIteration)",
    "(raise (ExceptionGroup 1))",
    "(import sys) (.write sys.stdout (bytes [1]))",
    "(import sys) (sys.stdout.buffer.write (bytes [255 0 254])) None",
    "(import sys) (.setrecursionlimit sys 400)",
    "(import warnings) (warnings.warn 1)",
    "(bytes (range 256))",
    '"\\ud800"',
    '(print "\\ud800")',
    "(eval-in 3 4)",
    '(eval-in "python" "1 +")',
    '(import-from "toy" nope)',
    '(import-from "nope" x)',
    ":target nope",
    ":doc",
    ":source (",
    ":load /nowhere",
    ":time (/ 1 0)",
    ":type",
    ":reload nope",
    "(defmacro bad [] (raise (SystemExit 3))) (bad)",
    "(return)",
    "(yield 1)",
    "(await 1)",
    "(break)",
    "(nonlocal x)",
    "(unquote x)",
    "(import)",
    "(import 1)",
    "(quote)",
    "(fn)",
    "(let [x])",
    "(del hy)",
    "(pragma :nope 1)",
]


def inputs() -> list[Input]:
    """The same 200 at every run."""
    dice = random.Random(9)
    endless = [Input(text, endless=True) for text in ENDLESS]
    hard = [Input(text) for text in HARD]
    rest = 200 - len(endless) - len(hard)
    drawn = [Input("".join(dice.choices(PIECES, k=dice.randint(1, 40)))) for _ in range(rest)]
    mixed = [*endless, *hard, *drawn]
    dice.shuffle(mixed)
    return mixed


def garbage() -> list[bytes]:
    """200 messages that are none, or nearly."""
    dice = random.Random(4)
    alphabet = b"ild0123456789:e-\x00\xffop"
    whole = b"d2:id1:12:op4:evale"
    drawn = [bytes(dice.choices(alphabet, k=dice.randint(1, 60))) for _ in range(120)]
    broken = []
    for _ in range(80):
        data = bytearray(whole * 2)
        data[dice.randrange(len(data))] = dice.choice(alphabet)
        broken.append(bytes(data[: dice.randint(1, len(data))]))
    return [*drawn, *broken]
