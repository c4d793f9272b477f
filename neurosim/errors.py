"""The one exception and the one warning a user meets: sentences that say where, what, and what would work."""

from collections.abc import Iterable


class NeurosimError(ValueError):
    """A user's mistake, told in one sentence.

    Command-line programs print it on standard error and exit with `status`; the library raises it.
    """

    def __init__(self, sentence: str, *, status: int = 2) -> None:
        super().__init__(sentence)
        self.status = status


def check_kind(value: object, kind: type | tuple[type, ...], what: str, remedy: str) -> None:
    """Raise a `NeurosimError` unless a value is of a kind (or of one of several)."""
    if not isinstance(value, kind):
        shown = repr(value)
        shown = shown if len(shown) <= 60 else f"of type {type(value).__name__}"
        raise NeurosimError(f"{what} is {shown}; {remedy}")


class NeurosimWarning(UserWarning):
    """Numbers that can be computed with but are hardly meant, or results that mean nothing, told in one sentence.

    The library gives it to Python's `warnings`; commands print it on standard error.
    """


def suggestion(name: str, known: Iterable[str]) -> str:
    """` (did you mean 'x'?)` when a known name is close to `name`, else an empty string."""
    import difflib

    close = difflib.get_close_matches(name, list(known), n=1, cutoff=0.6)
    return f" (did you mean {close[0]!r}?)" if close else ""
