"""Where the commands begin: Ctrl-C ends them quietly, whatever has been imported by then."""

import os
import signal

INTERRUPTED = 130


def main() -> None:
    """Run the command line and exit."""
    heeded = signal.getsignal(signal.SIGINT) is signal.default_int_handler  # nohup ignores it
    if heeded:
        signal.signal(signal.SIGINT, _leave)
    from polyhy.front import cli

    try:
        if heeded:
            signal.signal(signal.SIGINT, signal.default_int_handler)
        cli.main()
    except KeyboardInterrupt:
        raise SystemExit(INTERRUPTED) from None


def _leave(number: int, frame: object) -> None:
    os._exit(INTERRUPTED)
