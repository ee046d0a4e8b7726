"""The Jupyter kernel: IPython's, with a session of ours in its shell.

Started by Jupyter as `python -m polyhy.front.kernel -f CONNECTION_FILE`.
"""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from importlib.metadata import version
from typing import Any, ClassVar

import hy
from ipykernel.ipkernel import IPythonKernel

from polyhy.errors import UnknownLanguage
from polyhy.front import commands, idle
from polyhy.front.kernel_shell import Shell, explanation
from polyhy.sessions import complete, describe, reading
from polyhy.sessions.session import LISP, target


class Kernel(IPythonKernel):
    """What Jupyter asks of a kernel: answered by the session."""

    shell: Any
    shell_class = Shell
    implementation = "polyhy"
    implementation_version = version("polyhy")
    language_info: ClassVar[dict[str, Any]] = {
        "name": "hy",
        "version": hy.__version__,
        "mimetype": "text/x-hylang",
        "file_extension": ".hy",
        "pygments_lexer": "polyhy",
        "codemirror_mode": {"name": "clojure"},
        "nbconvert_exporter": "polyhy",
    }
    help_links: ClassVar[list[dict[str, str]]] = [
        {"text": "Hy", "url": "https://hylang.org/hy/doc/stable"}
    ]

    @property
    def banner(self) -> str:
        return f"polyhy: Hy {hy.__version__} with every language as a library"

    def pre_handler_hook(self) -> None:
        super().pre_handler_hook()
        signal.signal(signal.SIGINT, idle.within_message)

    def post_handler_hook(self) -> None:
        super().post_handler_hook()
        signal.signal(signal.SIGINT, idle.between_messages)

    @contextmanager
    def _cancel_on_sigint(self, future: asyncio.Task[Any]) -> Iterator[None]:
        """Stop a cell that awaits. ipykernel's own leaves a loop that sleeps asleep: its handler
        calls `io_loop.add_callback`, which wakes the loop only from another thread."""
        loop = asyncio.get_running_loop()

        def stop(number: int, frame: Any) -> None:
            if asyncio.current_task(loop) is future:
                idle.within_message(number, frame)
            else:
                loop.call_soon_threadsafe(future.cancel)

        before = signal.signal(signal.SIGINT, stop)
        try:
            yield
        finally:
            signal.signal(signal.SIGINT, before)

    def do_complete(self, code: str, cursor_pos: int) -> dict[str, Any]:
        language, before = _language_at(self.shell, code[:cursor_pos])
        if not language:
            return super().do_complete(code, cursor_pos)
        start, found = complete.complete(self.shell.polyhy, before, language)
        kinds = [{"text": c.text, "type": c.kind, "start": 0, "end": 0} for c in found]
        begin = cursor_pos - len(before) + start
        for each in kinds:
            each.update(start=begin, end=cursor_pos)
        return {
            "status": "ok",
            "matches": [c.text for c in found],
            "cursor_start": begin,
            "cursor_end": cursor_pos,
            "metadata": {"_jupyter_types_experimental": kinds},
        }

    def do_inspect(
        self, code: str, cursor_pos: int, detail_level: int = 0, omit_sections: Any = ()
    ) -> dict[str, Any]:
        language, before = _language_at(self.shell, code[:cursor_pos])
        skipped = cursor_pos - len(before)
        word = reading.word_at(code[skipped:], len(before))
        found = describe.describe(self.shell.polyhy, word, language) if word else None
        data = {} if found is None else {"text/plain": explanation(found, detail_level)}
        return {"status": "ok", "found": bool(data), "data": data, "metadata": {}}

    def do_is_complete(self, code: str) -> dict[str, Any]:
        session = self.shell.polyhy
        if code.lstrip().startswith(("%", "!", "?")) or commands.is_command(code):
            return super().do_is_complete(code)
        if session.target != LISP:
            state = "incomplete" if session.incomplete(code) else "complete"
        else:
            state = session.cells.state(code)
        indent = {"indent": " " * reading.indentation(code)} if state == "incomplete" else {}
        return {"status": state, **indent}


def _language_at(shell: Shell, before: str) -> tuple[str, str]:
    """The language before the cursor, and the text of it; empty for IPython's own."""
    first, newline, rest = before.partition("\n")
    if first.startswith("%%") and newline:
        name = first[2:].split()[0] if first[2:].split() else ""
        with suppress(UnknownLanguage):
            return target(name), rest
    line = before.rpartition("\n")[2].lstrip()
    if line.startswith(("%", "!")):
        return "", before
    return shell.polyhy.target, before


def main() -> None:
    """Run the kernel that Jupyter asks for."""
    from ipykernel.kernelapp import IPKernelApp

    IPKernelApp.launch_instance(kernel_class=Kernel)


if __name__ == "__main__":
    from polyhy.front import kernel

    kernel.main()  # not `main()`: these classes belong to polyhy.front.kernel, not to __main__
