"""What payloads are built of, as single expressions of generated Python.

Everything here is an expression; what needs statements is in `emit_statements.py`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fql.compiler import ir
from fql.compiler.closures import copy_json
from fql.compiler.emitter import named
from fql.compiler.payload_texts import text_of
from fql.compiler.pytext import (
    Code,
    Facts,
    Level,
    display,
    enclosed,
    in_brackets,
    in_parentheses,
    value_code,
)
from fql.compiler.settle import may_be_missing
from fql.compiler.walk import nodes_of

if TYPE_CHECKING:
    from fql.compiler.emitter import At, Emitter
    from fql.compiler.ir import Ir
    from fql.compiler.values import Json

_FEW = 4
"""More operands than this are easier to read as statements."""

_LEVELS = 6
"""Expressions nest no deeper than this before statements take over."""


def is_simple(node: Ir, levels: int = _LEVELS) -> bool:
    """Return whether *node* reads well as one expression."""
    if levels == 0:
        return False
    match node:
        case ir.Constant() | ir.Load() | ir.ScriptLoad():
            return True
        case ir.Apply(_, several, _) | ir.Invoke(_, _, several) | ir.MakeList(several):
            return _are_simple(several, levels)
        case ir.MakeObject(members):
            values = tuple([value for _, value in members])
            return _are_simple(values, levels) and not _may_fail_or_miss(values)
        case ir.Join(parts):
            values = tuple([part for part in parts if not isinstance(part, str)])
            return _are_simple(values, levels) and not _may_fail(values)
        case ir.FirstOf(operands):
            return len(operands) <= _FEW and _are_simple(operands, levels)
        case ir.Choose(_, then, otherwise):
            return otherwise is not None and _are_simple((then, otherwise), levels)
        case ir.ForEach() | ir.Let():
            return False
        case _:
            return True


def _are_simple(nodes: tuple[Ir, ...], levels: int) -> bool:
    return all(is_simple(node, levels - 1) for node in nodes)


def _may_fail_or_miss(nodes: tuple[Ir, ...]) -> bool:
    return any(map(may_be_missing, nodes)) or _may_fail(nodes)


def _may_fail(nodes: tuple[Ir, ...]) -> bool:
    """Return whether a payload function is called: an error of it needs its place."""
    return any(isinstance(each, ir.Invoke) for node in nodes for each in nodes_of(node))


# --- expressions ------------------------------------------------------------------


def write_constant(emitter: Emitter, value: Json, at: At) -> Code:
    """Return the code of a constant; a list or an object is new on every call."""
    if not isinstance(value, list | dict):
        return value_code(emitter.module.scalar(value), at.facts)
    text = display(value)
    if text is None:
        copy = emitter.module.function(copy_json, "a copy")
        text = f"{copy}({emitter.module.whole(value)})"
    return value_code(text, at.facts)


def write_list(emitter: Emitter, node: ir.MakeList, at: At) -> Code:
    """Return the code of a new list; nothing in it may be missing."""
    codes = _in_turn(emitter, node.items, at)
    text = in_brackets("[", [code.text for code in codes], "]")
    return value_code(text, codes[-1].after if codes else at.facts)


def _in_turn(emitter: Emitter, nodes: tuple[Ir, ...], at: At) -> list[Code]:
    codes: list[Code] = []
    facts = at.facts
    for node in nodes:
        codes.append(emitter.value(node, at.inside.knowing(facts)))
        facts = codes[-1].after
    return codes


def write_object(emitter: Emitter, node: ir.MakeObject, at: At) -> Code:
    """Return the code of a new object; nothing in it may be missing."""
    codes = _in_turn(emitter, tuple([value for _, value in node.members]), at)
    texts = [
        f"{emitter.module.scalar(name)}: {code.text}"
        for (name, _), code in zip(node.members, codes, strict=True)
    ]
    text = in_brackets("{", texts, "}")
    return value_code(text, codes[-1].after if codes else at.facts)


def write_first_of(emitter: Emitter, node: ir.FirstOf, at: At) -> Code:
    """Return the code of the first operand that is neither null nor missing."""
    *preferred, last = node.operands
    texts: list[str] = []
    facts = at.facts
    ends: list[Facts] = []
    for operand in preferred:
        code = named(emitter, operand, at.inside.knowing(facts))
        texts.append(f"{code.name} if {is_given(emitter, operand, code)} else ")
        facts = code.after
        ends.append(facts)
    code = emitter.value(last, at.inside.knowing(facts))
    known = frozenset.intersection(*ends, code.after)
    return value_code("".join(texts) + code.text, known, Level.CHOICE)


def is_given(emitter: Emitter, operand: Ir, code: Code) -> str:
    """Return the test whether an operand, whose code has a name, has a value."""
    text = f"{code.text} is not None"
    if may_be_missing(operand):
        text += f" and {code.name} is not {emitter.module.missing()}"
    return text


def write_choose(emitter: Emitter, node: ir.Choose, at: At) -> Code:
    """Return the code of one value or the other."""
    test = emitter.condition(node.condition, at.inside)
    then = emitter.value(node.then, at.inside.knowing(test.true))
    otherwise = value_code(emitter.module.missing(), test.false)
    if node.otherwise is not None:
        otherwise = emitter.value(node.otherwise, at.inside.knowing(test.false))
    condition = enclosed(test, Level.OR)
    if "\n" in condition and test.level < Level.ATOM:
        condition = in_parentheses(condition)
    text = f"{enclosed(then, Level.OR)} if {condition} else {otherwise.text}"
    return value_code(text, then.after & otherwise.after, Level.CHOICE)


# --- templates --------------------------------------------------------------------


def write_join(emitter: Emitter, node: ir.Join, at: At) -> Code:
    """Return the code of a text that is put together.

    Where statements can come first it is a formatted literal of variables only.
    """
    facts = at.facts
    pieces: list[str | Code] = []
    is_formatted = True
    for part in node.parts:
        if isinstance(part, str):
            pieces.append(part)
            continue
        code = emitter.settled(part)
        if code is None:
            is_formatted = False
            code = named(emitter, part, at.inside.knowing(facts))
            facts = code.after
        pieces.append(code)
    write = _formatted if is_formatted else _concatenated
    return value_code(write(emitter, pieces), facts)


def _concatenated(emitter: Emitter, pieces: list[str | Code]) -> str:
    texts = [
        emitter.module.scalar(piece)
        if isinstance(piece, str)
        else _text(emitter, piece.name, piece.bare)
        for piece in pieces
    ]
    return in_brackets("''.join([", texts, "])")


def _text(emitter: Emitter, name: str, first: str) -> str:
    """Return the text of a variable, which *first* mentions for the first time."""
    convert = emitter.module.function(text_of, "a text")
    return f"{name} if type({first}) is str else {convert}({name})"


def _formatted(emitter: Emitter, pieces: list[str | Code]) -> str:
    """Return adjacent literals, formatted ones where variables stand."""
    literals: list[str] = []
    body = ""
    for piece in pieces:
        if not isinstance(piece, str):
            body += f"{{{_text(emitter, piece.name, piece.name)}}}"
        elif repr(piece) == f"'{piece}'":
            body += piece.replace("{", "{{").replace("}", "}}")
        else:
            literals += [*_closed(body), emitter.module.scalar(piece)]
            body = ""
    literals += _closed(body)
    line = " ".join(literals)
    return line if len(literals) == 1 else f"({line})"


def _closed(body: str) -> list[str]:
    """Return the formatted literal of *body*, if there is one."""
    return [f"f'{body}'"] if body else []
