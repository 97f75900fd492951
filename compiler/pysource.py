"""Back end 2: straight-line Python, generated and compiled, for the hot path.

The text is readable and answers as `fql.compiler.closures` does. A condition is one
function of two: ``matches`` trusts that what has members is an object, as it is in
nearly every event, and leaves the others to ``exactly``. A payload is built by
statements, each of which knows the member it works for.

What a program wrote enters the text as a literal of a checked scalar, or not at all.
"""

from __future__ import annotations

import linecache
import weakref
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from fql.compiler import ir
from fql.compiler.closures import compile_condition
from fql.compiler.emit_body import Return
from fql.compiler.emit_expressions import Style
from fql.compiler.emit_functions import (
    Parts,
    add_function,
    add_initial,
    answer,
    start,
)
from fql.compiler.emit_statements import write_statements
from fql.compiler.emit_stores import whole
from fql.compiler.emitter import At
from fql.compiler.optimize import optimize
from fql.compiler.pymodule import Line, Member, Module, names_of
from fql.compiler.pytext import NO_FACTS, indented
from fql.compiler.settle import share_loads

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from fql.compiler.ir import Ir
    from fql.compiler.payload_functions import Value
    from fql.compiler.values import Json

_Result = TypeVar("_Result")

_SHOWN_TITLE = 60
"""Characters of a title that a file's name shows."""

_LONGEST_DOCSTRING = 200

_EVENT = "event"

_EXACTLY = "The same, for events that hold no object where one goes."

CAUGHT = (AttributeError, TypeError, ValueError)
"""What ``matches`` raises where an event is not as it trusts it to be."""

_CAUGHT_NAMES = ", ".join([each.__name__ for each in CAUGHT])


@dataclass(frozen=True, slots=True)
class PythonText:
    """Generated Python and what it needs to run.

    Attributes:
        text: The module, with all its imports or with none.
        entry: The name of its function.
        bound: Values for the names that the text does not define.
        members: The member of the payload that a line works for, by its number from 1.
    """

    text: str
    entry: str
    bound: dict[str, object]
    members: Mapping[int, Member]


@dataclass(frozen=True, slots=True)
class Generated(Generic[_Result]):
    """A compiled function and the text it was compiled from.

    Attributes:
        function: Takes the event.
        filename: What tracebacks call the text; `linecache` has it.
        python: The text.
    """

    function: Callable[[Json], _Result]
    filename: str
    python: PythonText

    def member_of(self, error: BaseException) -> Member | None:
        """Return the member of the payload that *error* was raised for.

        None where it does not come from this function.
        """
        found = None
        trace = error.__traceback__
        while trace is not None:
            if trace.tb_frame.f_code.co_filename == self.filename:
                found = self.python.members.get(trace.tb_lineno, ())
            trace = trace.tb_next
        return found


# --- conditions -------------------------------------------------------------------


def condition_source(node: Ir, title: str) -> str:
    """Return Python source of a function ``matches(event)``.

    It says for every event what `closures.compile_condition` says, and raises nothing.

    Args:
        node: A condition.
        title: What the text says it is; any text.
    """
    return write_condition(node, title).text


def compile_condition_source(node: Ir, title: str) -> Callable[[Json], bool]:
    """Return the function that `condition_source` is the source of."""
    return generate_condition(node, title).function


def generate_condition(node: Ir, title: str) -> Generated[bool]:
    """Return the function of a condition together with its source.

    What an odd event needs is generated when the first one comes.
    """
    node = optimize(node)
    if isinstance(node, ir.Constant):
        return _compile(_always(node, title), "matches", title)
    parts = Parts(Module())
    _add_matches(parts, node, title)
    parts.write()
    parts.module.bound["exactly"] = _generated_later(node, title)
    return _compile(parts.module, "matches", title)


def _generated_later(node: Ir, title: str) -> Callable[[Json], bool]:
    """Return ``exactly``, which is generated when it is called.

    Where the stack has no room for that, closures answer: they are built in few frames.
    """
    generated: list[Callable[[Json], bool]] = []

    def exactly(event: Json) -> bool:
        if not generated:
            try:
                generated.append(_generate_exactly(node, title))
            except RecursionError:
                return compile_condition(node)(event)
        return generated[0](event)

    return exactly


def _generate_exactly(node: Ir, title: str) -> Callable[[Json], bool]:
    parts = Parts(Module())
    _add_exactly(parts, node)
    parts.write()
    return _compile(parts.module, "exactly", title).function


def write_condition(node: Ir, title: str) -> PythonText:
    """Return the whole text of a condition's function."""
    node = optimize(node)
    if isinstance(node, ir.Constant):
        return _text_of(_always(node, title), "matches", is_whole=True)
    parts = Parts(Module())
    _add_matches(parts, node, title)
    _add_exactly(parts, node)
    parts.write()
    return _text_of(parts.module, "matches", is_whole=True)


def _always(node: ir.Constant, title: str) -> Module:
    module = Module()
    answer = f"    return {module.scalar(node.value)}"
    lines = [Line(f"    {_docstring(title)}"), Line(answer)]
    module.add("def matches(event):", lines)
    return module


def _add_matches(parts: Parts, node: Ir, title: str) -> None:
    writer = start(parts, Style.SWIFT, node)
    code = writer.condition(node, At(NO_FACTS))
    body = writer.body
    body.add(_docstring(title))
    add_initial(writer)
    body.add(f"try:\n{indented(f'return {whole(code)}')}")
    body.add(f"except ({_CAUGHT_NAMES}):\n    return exactly(event)")
    add_function(writer, "matches", _EVENT)


def _add_exactly(parts: Parts, node: Ir) -> None:
    writer = start(parts, Style.CAREFUL, node)
    writer.body.add(_docstring(_EXACTLY))
    answer(writer, node)
    add_function(writer, "exactly", _EVENT)


# --- values -----------------------------------------------------------------------


def value_source(node: Ir, title: str) -> str:
    """Return Python source of a function ``build(event)``.

    It gives for every event what `closures.compile_value` gives, and raises only what
    payload functions raise.

    Args:
        node: Any node; usually what builds a payload.
        title: What the text says it is; any text.
    """
    return write_value(node, title).text


def compile_value_source(node: Ir, title: str) -> Callable[[Json], Value]:
    """Return the function that `value_source` is the source of."""
    return generate_value(node, title).function


def generate_value(node: Ir, title: str) -> Generated[Value]:
    """Return the function of a payload together with its source."""
    return _compile(_built(node, title), "build", title)


def write_value(node: Ir, title: str) -> PythonText:
    """Return the whole text of a payload's function."""
    return _text_of(_built(node, title), "build", is_whole=True)


def _built(node: Ir, title: str) -> Module:
    node = share_loads(optimize(node))
    parts = Parts(Module())
    writer = start(parts, Style.CHECKED, node)
    writer.body.add(_docstring(title))
    write_statements(writer, node, Return())
    add_function(writer, "build", _EVENT)
    parts.write()
    return parts.module


def _docstring(title: str) -> str:
    """Return the literal of a title, or of its beginning."""
    if len(title) > _LONGEST_DOCSTRING:
        title = f"{title[: _LONGEST_DOCSTRING - 1]}…"
    return str.__repr__(title)


# --- from text to function --------------------------------------------------------


def _text_of(module: Module, entry: str, *, is_whole: bool) -> PythonText:
    lines = module.lines(is_whole=is_whole)
    text = "\n".join([line.text for line in lines]) + "\n"
    members = {
        number: line.member for number, line in enumerate(lines, 1) if line.member
    }
    bound = module.bound if is_whole else module.given()
    return PythonText(text, entry, bound, members)


def _compile(module: Module, entry: str, title: str) -> Generated[Any]:
    """Compile a text that imports nothing: what it needs is at hand."""
    python = _text_of(module, entry, is_whole=False)
    filename = _filename(title, python.text)
    names = names_of(python.text, filename, python.bound)
    # Nothing calls it by its name, and so it goes as soon as nothing holds it.
    function: Callable[[Json], Any] = names.pop(entry)
    _remember(function, filename, python.text)
    return Generated(function, filename, python)


def _filename(title: str, text: str) -> str:
    """Return the name of the text in tracebacks; another text has another name."""
    shown = title
    if not title.isprintable():
        shown = "".join([each if each.isprintable() else " " for each in title])
    if len(shown) > _SHOWN_TITLE:
        shown = f"{shown[: _SHOWN_TITLE - 1]}…"
    filename = f"<fql {shown}>"
    if "".join(linecache.getlines(filename)) in ("", text):
        return filename
    return f"<fql {shown} {zlib.crc32(text.encode()):08x}>"


def _remember(function: Callable[..., object], filename: str, text: str) -> None:
    """Let tracebacks show the text for as long as the function lives."""
    entry = (len(text), None, text.splitlines(keepends=True), filename)
    linecache.cache[filename] = entry
    weakref.finalize(function, _forget, filename, entry).atexit = False


def _forget(filename: str, entry: object) -> None:
    if linecache.cache.get(filename) is entry:
        del linecache.cache[filename]
