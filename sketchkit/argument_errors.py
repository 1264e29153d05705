"""Checks of arguments, and short errors for wrong arguments of public functions."""

from __future__ import annotations

import dis
import functools
import inspect
import reprlib
from collections.abc import Callable, Mapping
from types import TracebackType
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

from sketchkit.suggest import did_you_mean

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["check_type", "number_array", "received", "short_errors"]

P = ParamSpec("P")
T = TypeVar("T")

#: Packages that check arguments; the errors of these checks need no traceback.
PACKAGES = ("sketchkit", "traitlets")


def short_errors(function: Callable[P, T]) -> Callable[P, T]:
    """Decorate a public function: the traceback of an error in its arguments ends at the line that calls it.

    Errors from `raise` statements in sketchkit and traitlets are treated as errors in the arguments. Their messages say
    what was expected, so the traceback from the call to the check would only lengthen the output. Other errors keep
    their traceback. An unknown keyword argument raises TypeError, whose message suggests a similar name.
    """

    @functools.wraps(function)
    def call(*args: P.args, **kwargs: P.kwargs) -> T:
        __tracebackhide__ = True  # IPython and pytest do not show this frame
        try:
            return function(*args, **kwargs)
        except Exception as error:
            inner = error.__traceback__.tb_next if error.__traceback__ else None
            if inner is None:  # the call failed: the arguments do not match the parameters
                error = _with_suggestion(error, function, kwargs)
            elif not _is_check(inner):
                raise
            raise error.with_traceback(None) from None

    return call


def _with_suggestion(error: Exception, function: Callable[..., Any], keywords: Mapping[str, Any]) -> Exception:
    """Return an error that suggests a name for an unknown keyword argument; return `error` if all names are known."""
    kinds = (inspect.Parameter.KEYWORD_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    parameters = inspect.signature(function).parameters.values()
    known = [parameter.name for parameter in parameters if parameter.kind in kinds and parameter.name != "self"]
    for name in keywords:
        if name not in known:
            suggestion = did_you_mean(name, known, f"expected one of {', '.join(known)}")
            return TypeError(f"{function.__name__}() has no argument {name!r}; {suggestion}")
    return error


def _is_check(traceback: TracebackType) -> bool:
    """Return whether a `raise` statement in one of `PACKAGES` raised the error."""
    while traceback.tb_next:
        traceback = traceback.tb_next
    frame = traceback.tb_frame
    package = str(frame.f_globals.get("__name__", "")).partition(".")[0]
    instruction = frame.f_code.co_code[traceback.tb_lasti]
    return package in PACKAGES and dis.opname[instruction] == "RAISE_VARARGS"


def received(value: object) -> str:
    """Return the type of an argument, and the value of a string or a number, for the end of an error message."""
    shown = f" {reprlib.repr(value)}" if isinstance(value, (str, int, float)) else ""
    return f"got {type(value).__name__}{shown}"


def check_type(value: object, expected: type, name: str = "") -> None:
    """Raise TypeError if an argument is not of the type `expected`. The message begins with the argument's name."""
    if not isinstance(value, expected):
        raise TypeError(f"{name}{': ' if name else ''}expected a {expected.__name__}, {received(value)}")


def number_array(values: Any, name: str) -> NDArray[np.float64]:
    """Return an argument as an array of float64; raise TypeError if it does not consist of numbers."""
    import numpy as np  # imported here, so that commands that read no numbers start without NumPy

    try:
        return np.asarray(values, dtype=np.float64)
    except (TypeError, ValueError):
        raise TypeError(f"{name}: expected an array of numbers, {received(values)}") from None
