"""The prompt of a real terminal, by prompt_toolkit: colours, many lines, completion, help."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from prompt_toolkit import PromptSession
from prompt_toolkit.application import Application, get_app, run_in_terminal
from prompt_toolkit.auto_suggest import AutoSuggestFromHistory
from prompt_toolkit.buffer import Buffer
from prompt_toolkit.completion import CompleteEvent, Completer, Completion
from prompt_toolkit.document import Document
from prompt_toolkit.filters import Condition, has_selection, is_searching
from prompt_toolkit.history import FileHistory, History, InMemoryHistory
from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent
from prompt_toolkit.key_binding.key_processor import KeyPress
from prompt_toolkit.keys import Keys
from prompt_toolkit.layout.processors import HighlightMatchingBracketProcessor
from prompt_toolkit.lexers import DynamicLexer, PygmentsLexer
from prompt_toolkit.output import ColorDepth
from prompt_toolkit.patch_stdout import patch_stdout

from polyhy import coroutines, plugins
from polyhy.front import colour, commands, idle
from polyhy.sessions import complete, describe, reading
from polyhy.sessions.session import LISP, Session

STEP = 4
"""How far a block is indented in languages with no rule of ours."""


class Terminal:
    """Reads cells from a person at a terminal."""

    def __init__(self, session: Session, tell: idle.Tell) -> None:
        self.session, self.tell = session, tell
        self.prompts: PromptSession[str] = PromptSession(
            message=self._message,
            prompt_continuation=lambda width, *_: "… ".rjust(width),
            lexer=DynamicLexer(self._lexer),
            completer=_Completer(session),
            complete_while_typing=False,
            auto_suggest=AutoSuggestFromHistory(),
            history=_history(),
            enable_history_search=True,
            multiline=True,
            key_bindings=_keys(session),
            input_processors=[HighlightMatchingBracketProcessor(chars="[](){}")],
            bottom_toolbar=self._toolbar,
            color_depth=ColorDepth.DEPTH_1_BIT if os.environ.get("NO_COLOR") else None,
            reserve_space_for_menu=6,
        )

    def read(self) -> str:
        """Return the next cell; EOFError at Ctrl-D, KeyboardInterrupt at Ctrl-C.

        The loop of cells that await goes on meanwhile, and guests are served.
        """
        return coroutines.finish(self._read())

    async def _read(self) -> str:
        press = lambda: _press(self.prompts.app, Keys.ControlC)  # noqa: E731
        with patch_stdout(raw=True), idle.telling(self.tell), idle.interruptible(press):
            return await self.prompts.prompt_async(
                pre_run=self._begin, set_exception_handler=False, handle_sigint=False
            )

    def _begin(self) -> None:
        serving = idle.keep_serving(self.tell, idle.send_signals)
        self.prompts.app.create_background_task(serving)

    def _message(self) -> Any:
        return [("ansigreen bold", prompt(self.session))]

    def _lexer(self) -> Any:
        language = self.session.target
        name = LISP if language == LISP else plugins.bridge_class(language).lexer
        return PygmentsLexer(type(colour.lexer(name)))

    def _toolbar(self) -> str:
        text = self.prompts.default_buffer.document.text_before_cursor
        found = complete.call_at(self.session, text) if text else None
        if found is None:
            return (
                f" {self.session.label} | F1 help on the word, Tab completes, :help lists commands"
            )
        first = found.doc.partition("\n")[0]
        return f" {found.name}{found.signature}  {first}"[: _width() - 1]


def prompt(session: Session) -> str:
    """`=> ` for Hy, `(js)> ` for a guest."""
    return "=> " if session.target == LISP else f"({session.label})> "


class _Completer(Completer):
    def __init__(self, session: Session) -> None:
        self.session = session

    def get_completions(
        self, document: Document, complete_event: CompleteEvent
    ) -> Iterable[Completion]:
        text = document.text_before_cursor
        if text.startswith(":") and " " not in text:
            for name, command in commands.COMMANDS.items():
                if name.startswith(text):
                    yield Completion(name, -len(text), display_meta=command.help)
        shift = 0
        if commands.is_command(text):  # what follows `:doc ` is completed like a cell
            shift = text.index(" ") + 1 if " " in text else len(text)
        start, found = complete.complete(self.session, text[shift:])
        for each in found:
            yield Completion(each.text, start - len(text[shift:]), display_meta=each.kind)


def _press(app: Application[str], key: Keys) -> None:
    app.key_processor.feed(KeyPress(key))
    app.key_processor.process_keys()


def _keys(session: Session) -> KeyBindings:
    keys = KeyBindings()
    typing = ~is_searching & ~has_selection

    @keys.add("enter", filter=typing)
    def _(event: KeyPressEvent) -> None:
        buffer = event.current_buffer
        if buffer.complete_state and buffer.complete_state.current_completion:
            buffer.complete_state = None
        elif _is_whole(session, buffer):
            buffer.validate_and_handle()
        else:
            buffer.insert_text("\n" + " " * _indentation(session, buffer.document))

    @keys.add("escape", "enter", filter=typing)
    def _(event: KeyPressEvent) -> None:
        event.current_buffer.validate_and_handle()

    @keys.add("tab", filter=Condition(_at_line_start))
    def _(event: KeyPressEvent) -> None:
        event.current_buffer.insert_text(" " * (2 if session.target == LISP else STEP))

    @keys.add("f1")
    def _(event: KeyPressEvent) -> None:
        document = event.current_buffer.document
        word = reading.word_at(document.text, document.cursor_position)
        run_in_terminal(lambda: _help(session, word))

    return keys


def _is_whole(session: Session, buffer: Buffer) -> bool:
    """True where Enter at this place ends the cell."""
    document = buffer.document
    text = document.text
    if "\n" in document.text_after_cursor.rstrip():
        return False
    return not text.strip() or commands.is_command(text) or not session.incomplete(text)


def _indentation(session: Session, document: Document) -> int:
    if session.target == LISP:
        return reading.indentation(document.text_before_cursor)
    line = document.current_line_before_cursor
    indented = len(line) - len(line.lstrip())
    return indented + (STEP if line.rstrip().endswith((":", "{", "(", "[")) else 0)


def _at_line_start() -> bool:
    return not get_app().current_buffer.document.current_line_before_cursor.strip()


def _help(session: Session, word: str) -> None:
    found = describe.describe(session, word) if word else None
    if found is None:
        print(f"nothing is known of {word}" if word else "F1 helps with the word at the cursor")
    else:
        print(f"{found.name}{found.signature}  ({found.language} {found.kind})\n{found.doc}\n")


def _history() -> History:
    """The lines of earlier sessions: in $POLYHY_HISTORY, or in the system's place for state."""
    state = os.environ.get("XDG_STATE_HOME") or os.path.expanduser("~/.local/state")
    file = Path(os.environ.get("POLYHY_HISTORY") or Path(state, "polyhy", "history"))
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.open("ab").close()
    except OSError:
        return InMemoryHistory()
    return FileHistory(str(file))


def _width() -> int:
    try:
        return os.get_terminal_size(sys.stdout.fileno()).columns
    except OSError:
        return 80
