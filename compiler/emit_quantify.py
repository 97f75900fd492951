"""Conditions over elements as generated Python: calls of functions with a loop."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fql.compiler import library
from fql.compiler.emitter import named
from fql.compiler.pytext import Code, Level, value_code

if TYPE_CHECKING:
    from fql.compiler import ir
    from fql.compiler.emitter import At, Emitter


def write_quantify(emitter: Emitter, node: ir.Quantify, at: At) -> Code:
    """Return the code of a function that tries a condition on elements."""
    implementation = node.function.implementation
    if implementation is library.any_element:
        items = named(emitter, node.items, at)
        text = f"isinstance({items.bare}, list) and "
        text += emitter.part(node, "any", items.name)
        return value_code(text, items.after, Level.AND)
    if implementation is library.all_elements:
        items = named(emitter, node.items, at)
        text = f"not isinstance({items.bare}, list) or "
        text += emitter.part(node, "all", items.name)
        return value_code(text, items.after, Level.OR)
    items = emitter.value(node.items, at)
    name = emitter.module.function(implementation, f"the function {node.function.name}")
    test = f"lambda element: {emitter.part(node, 'one', 'element')}"
    return value_code(f"{name}({items.text}, {test})", items.after)
