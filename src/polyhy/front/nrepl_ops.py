"""What an nREPL client may ask: a table of ops."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any, NamedTuple

from polyhy.front.nrepl_session import Client
from polyhy.front.nrepl_wire import Answer, Connection, Message, field
from polyhy.sessions import complete, describe, reading
from polyhy.sessions.session import LISP


def respond(connection: Connection, message: Any) -> None:
    """Do what a message asks, or say why not."""
    if not isinstance(message, dict):
        connection.send({"status": ["error", "not-a-message", "done"]})
        return
    reply = Answer(connection, message)
    op = OPS.get(field(message, "op"))
    if not connection.trusts(message):
        reply.finish("error", "unauthorized")
    elif op is None:
        reply.finish("error", "unknown-op")
    elif op.session and _named(connection, reply) not in connection.server.clients:
        reply.finish("error", "unknown-session")
    elif op.slow:
        connection.lookups.jobs.put(lambda: _safely(op, Asked(connection, message, reply)))
    else:
        _safely(op, Asked(connection, message, reply))


def _named(connection: Connection, reply: Answer) -> str:
    return reply.fields.get("session") or connection.own_id


class Asked(NamedTuple):
    """A message with all that its op may want."""

    connection: Connection
    message: Message
    reply: Answer

    @property
    def client(self) -> Client:
        """The session that the message names; the connection's own where it names none."""
        return self.connection.server.clients[_named(self.connection, self.reply)]

    @property
    def namespace(self) -> str:
        return self.connection.server.module.__name__

    def text(self, *keys: str) -> str:
        """The first of these fields that is there."""
        return next((text for key in keys if (text := field(self.message, key))), "")


class Op(NamedTuple):
    """An op: what it does, what it is for, and whether it may take longer than a moment."""

    run: Callable[[Asked], None]
    doc: str
    slow: bool = False
    session: bool = True
    """False where it needs none."""


def _clone(asked: Asked) -> None:
    new = asked.connection.server.new_client()
    asked.reply.finish(**{"new-session": new.id})


def _close(asked: Asked) -> None:
    asked.connection.server.clients.pop(asked.client.id).close()
    asked.reply.finish("session-closed")


def _describe(asked: Asked) -> None:
    from importlib.metadata import version

    import hy

    versions = {"polyhy": version("polyhy"), "hy": hy.__version__, "nrepl": "1.3.0"}
    versions["python"] = ".".join(map(str, sys.version_info[:3]))
    asked.reply.finish(
        ops={name: {"doc": op.doc} for name, op in OPS.items()},
        versions={name: _version(text) for name, text in versions.items()},
        aux={"current-ns": asked.namespace},
    )


def _version(text: str) -> Message:
    parts = dict(zip(("major", "minor", "incremental"), text.split("."), strict=False))
    return {**parts, "version-string": text}


def _sessions(asked: Asked) -> None:
    asked.reply.finish(sessions=list(asked.connection.server.clients))


def _evaluate(asked: Asked) -> None:
    if "code" not in asked.message:
        asked.reply.finish("error", "no-code")
        return
    source, file, line = asked.text("code"), asked.text("file"), asked.message.get("line")
    named = bool(file) and not file.startswith(("*", "NO_SOURCE")) and isinstance(line, int)
    if named and isinstance(line, int):  # so that errors name the places of the editor's file
        column = asked.message.get("column")
        blanks = " " * (column - 1) if isinstance(column, int) else ""
        source = "\n" * max(line - 1, 0) + blanks + source
    asked.client.evaluate(asked.reply, source, file if named else "")


def _load_file(asked: Asked) -> None:
    asked.client.evaluate(
        asked.reply, asked.text("file"), asked.text("file-path", "file-name") or "<load-file>"
    )


def _interrupt(asked: Asked) -> None:
    asked.reply.finish(*asked.client.interrupt(asked.text("interrupt-id")))


def _stdin(asked: Asked) -> None:
    asked.client.lines.put(asked.text("stdin"))
    asked.reply.finish()


def _completions(asked: Asked) -> None:
    prefix = asked.text("prefix", "symbol")
    start, found = complete.complete(asked.client.session, prefix)
    asked.reply.finish(
        completions=[
            {"candidate": prefix[:start] + each.text, **({"type": each.kind} if each.kind else {})}
            for each in found
        ]
    )


def _lookup(asked: Asked) -> None:
    found = _found(asked)
    if found is None:
        asked.reply.finish("no-info", info={})
    else:
        asked.reply.finish(info=_info(asked, found))


def _flat_info(asked: Asked) -> None:
    found = _found(asked)
    if found is None:
        asked.reply.finish("no-info")
    else:
        asked.reply.finish(**_info(asked, found))


def _info(asked: Asked, found: describe.Description) -> Message:
    file, line = found.place
    info: Message = {"ns": asked.namespace, "name": found.name}
    info |= {"doc": found.doc, "arglists-str": found.signature, "type": found.kind}
    return {**info, **({"file": file, "line": line} if file else {})}


def _eldoc(asked: Asked) -> None:
    found = _found(asked)
    if found is None or not found.signature:
        asked.reply.finish("no-eldoc")
        return
    names = [part.strip() for part in found.signature.strip("()").split(",") if part.strip()]
    asked.reply.finish(
        eldoc=[names],
        name=found.name,
        ns=asked.namespace,
        type=found.kind,
        docstring=found.doc,
    )


def _expand(asked: Asked) -> None:
    """Expand the macro of a form: once, or until its head is none."""
    import hy

    once = asked.text("expander").endswith("-1")
    expand = hy.macroexpand_1 if once else hy.macroexpand
    form = hy.read(asked.text("code"))
    module = asked.client.session.module
    asked.reply.finish(expansion=hy.repr(expand(form, module)).removeprefix("'"))


def _classpath(asked: Asked) -> None:
    asked.reply.finish(classpath=[path for path in sys.path if path])


def _found(asked: Asked) -> describe.Description | None:
    session, name = asked.client.session, asked.text("sym", "symbol")
    if not name:
        return None
    word = reading.word_at(name, len(name)) if session.target == LISP else name
    return describe.describe(session, word)


OPS = {
    "classpath": Op(_classpath, "Where modules are looked for."),
    "clone": Op(_clone, "Make a session, and say its id.", session=False),
    "close": Op(_close, "End a session."),
    "complete": Op(_completions, "What a prefix may become.", slow=True),
    "completions": Op(_completions, "What a prefix may become.", slow=True),
    "describe": Op(_describe, "The ops and the versions.", session=False),
    "eldoc": Op(_eldoc, "The parameters of what a symbol names.", slow=True),
    "eval": Op(_evaluate, "Evaluate code, form by form."),
    "info": Op(_flat_info, "What is known of a symbol.", slow=True),
    "interrupt": Op(_interrupt, "Stop what a session evaluates."),
    "load-file": Op(_load_file, "Evaluate the text of a file."),
    "lookup": Op(_lookup, "What is known of a symbol.", slow=True),
    "macroexpand": Op(_expand, "What a macro makes of a form.", slow=True),
    "ls-sessions": Op(_sessions, "The ids of the sessions.", session=False),
    "stdin": Op(_stdin, "Give a session a line that it reads."),
}
OPS["cider/macroexpand"] = OPS["macroexpand"]


def _safely(op: Op, asked: Asked) -> None:
    """Do an op; one that fails is answered too, and the server goes on."""
    try:
        op.run(asked)
    except Exception as error:
        asked.reply(err=f"{type(error).__name__}: {error}\n")
        asked.reply.finish("error")
