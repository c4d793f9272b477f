"""How a command ends: a user's mistake is one line on standard error and a status, never a traceback."""

import os
import signal
import sys
import threading
import warnings
from contextlib import contextmanager, suppress

from neurosim.errors import NeurosimError, NeurosimWarning

NO_NUMBER, INTERRUPTED = 3, 130
STATUS_HELP = """\
exit status: 0 success, 1 a file is missing, 2 another mistake in the input, 3 a main result is no number (run, plan),
130 interrupted
"""


def guarded(program, action):
    """Call `action()` and return the exit status of `program`: what it returns, or what its exception means."""
    try:
        status = action() or 0
        if sys.stdout is not None:
            sys.stdout.flush()
        return status
    except NeurosimError as error:
        return _fail(program, error, error.status)
    except BrokenPipeError:
        _forget(sys.stdout)  # the reader has seen enough
        return 0
    except OSError as error:
        if error.filename is None:
            _forget(sys.stdout)
        return _fail(program, f"{error.filename or 'standard output'}: {error.strerror or error}", 2)
    except MemoryError:
        return _fail(program, "not enough memory for the traces of a layer; use a machine with more", 2)
    except KeyboardInterrupt:
        return _fail(program, "interrupted", INTERRUPTED)


def warn(program, sentence):
    """A warning on standard error."""
    print(f"{program}: warning: {sentence}", file=sys.stderr)


def inform(program, sentence):
    """A line on standard error about what was done, where nothing is wrong."""
    print(f"{program}: {sentence}", file=sys.stderr)


@contextmanager
def terminating():
    """A polite kill (SIGTERM) inside ends like Ctrl-C: what has to be put in order is."""
    def interrupt(number, frame):
        raise KeyboardInterrupt

    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGTERM, interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


@contextmanager
def untold():
    """Inside, the library does not warn of what is hardly meant: who called it says it."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", NeurosimWarning)
        yield


@contextmanager
def collected():
    """A list of what the library warns of inside, each sentence once."""
    found = []
    with warnings.catch_warnings():
        shown = warnings.showwarning

        def show(message, category, *more, **named):
            if not issubclass(category, NeurosimWarning):
                shown(message, category, *more, **named)
            elif str(message) not in found:
                found.append(str(message))

        warnings.simplefilter("always", NeurosimWarning)
        warnings.showwarning = show
        yield found


@contextmanager
def told_warnings(program, before=lambda: None):
    """Warnings that Python would show inside become sentences of the program, each once; `before` clears their line."""
    told = set()

    def show(message, *_, **__):
        if str(message) not in told:
            told.add(str(message))
            before()
            warn(program, message)

    with warnings.catch_warnings():
        warnings.simplefilter("always", NeurosimWarning)
        warnings.showwarning = show
        yield


def _fail(program, sentence, status):
    # Whatever a sentence quotes, it stays one line.
    print(f"{program}: error: {' '.join(str(sentence).splitlines())}", file=sys.stderr)
    return status


def _forget(stream):
    """Let a stream that cannot be written swallow what it still holds, or Python complains at its end."""
    with suppress(OSError, ValueError, AttributeError):  # not a real file
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
