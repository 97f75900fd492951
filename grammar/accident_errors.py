"""The wording of accidents: directive JSON that is not evaluated as it looks.

One function a finding. Each says what the engine makes of the place, and what to write
to say that, or the likely intention, plainly.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fql.grammar.directive_errors import accident, did_you_mean
from fql.grammar.errors import quoted

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from fql.grammar.directive_errors import Fault


def unknown_option(pointer: str, name: str, key: str, known: Iterable[str]) -> Fault:
    """An option that the engine passes over."""
    message = f"`{name}` has no option {quoted(key)}: it does nothing"
    help_ = did_you_mean(key, known) or "remove it"
    return accident(pointer, message, help_, is_about_key=True)


def more_directives(pointer: str, name: str, key: str) -> Fault:
    """A second directive in one object where nothing validates it."""
    message = f"only `{name}` counts in this object, {quoted(key)} does nothing"
    return accident(pointer, message, "remove it", is_about_key=True)


def taken_as_data(pointer: str, key: str) -> Fault:
    """``[{"@path": "a", "b": 1}]``: no directive, and not validated."""
    message = f"{quoted(key)} is no directive beside other keys: it becomes a member"
    return accident(
        pointer, message, "give the directive an object of its own", is_about_key=True
    )


def lost_member(pointer: str) -> Fault:
    """``__proto__``."""
    message = "`__proto__` never reaches a payload"
    return accident(pointer, message, "rename it", is_about_key=True)


def root_without_use(pointer: str) -> Fault:
    """A root directive that does nothing with the other members."""
    message = "this root directive does not use the other members as a mapping"
    return accident(pointer, message, "only `@transform` does")


# --- paths and templates ----------------------------------------------------------


def root_removed_inside(pointer: str, read: str) -> Fault:
    """``foo$.bar``."""
    message = f"`$.` is removed wherever it stands: this reads {quoted(read)}"
    return accident(pointer, message, "write `$.` at the start, or not at all")


def dollar_is_key(pointer: str) -> Fault:
    """``$`` alone, or before something else than a dot."""
    message = "`$` without a dot behind it is the name of a field"
    return accident(pointer, message, "write `$.` for the whole event")


def dot_in_key(pointer: str, keys: Sequence[str]) -> Fault:
    """``a["b.c"]``."""
    message = f"a dot splits keys even in quotes: this reads {quoted('.'.join(keys))}"
    return accident(pointer, message, "no path leads to a key with a dot in it")


def brackets_in_key(pointer: str, key: str) -> Fault:
    """``a[b]`` or ``a[*]``."""
    message = f"brackets hold a number or quotes: this reads the field {quoted(key)}"
    return accident(pointer, message, "write `a.b`, or `a[0]` for one element")


def whole_event(pointer: str) -> Fault:
    """A path of nothing but dots."""
    message = "this path has no keys and so gives the whole event"
    return accident(pointer, message, "write `$.` for the whole event")


def root_in_template(pointer: str, path: str) -> Fault:
    """``{{ $.a }}``."""
    message = f"templates know no `$.`: {quoted(path)} finds nothing"
    return accident(pointer, message, f"write `{{{{{path.removeprefix('$.')}}}}}`")


def filter_in_template(pointer: str, path: str) -> Fault:
    """``{{ a | upcase }}``."""
    message = f"templates have no filters: {quoted(path)} finds nothing"
    return accident(pointer, message, "use `@case` or `@replace`, or `@liquid`")


def blank_placeholder(pointer: str) -> Fault:
    """``{{ }}``."""
    message = "a blank placeholder prints `[object Object]`"
    return accident(pointer, message, "name a field in it, or remove it")


def braces_stay(pointer: str) -> Fault:
    """``{{}}``, or ``{{a`` without an end."""
    message = "these braces are no placeholder and stay in the text"
    return accident(pointer, message, "write `{{field}}`")


# --- options ----------------------------------------------------------------------


def else_ignored(pointer: str, shown: str) -> Fault:
    """``"else": 0``."""
    message = f"an `else` of {shown} is ignored: nothing is given"
    return accident(pointer, message, "remove it; the mapping language can say it")


def blank_ignored(pointer: str) -> Fault:
    """``exists`` and ``blank`` in one ``@if``."""
    message = "`blank` is ignored beside `exists`"
    return accident(pointer, message, "remove one of them", is_about_key=True)


def test_of_constant(pointer: str, option: str) -> Fault:
    """``"exists": "userId"``."""
    message = f"`{option}` tests this value itself, not a field of the event"
    return accident(pointer, message, 'write `{"@path": "$.userId"}` for a field')


def nothing_given(pointer: str, name: str, shown: str) -> Fault:
    """``{"@case": {"operator": "lower", "value": ""}}``."""
    message = f"`{name}` of {shown} gives nothing at all"
    return accident(pointer, message, "remove the member, or write the value alone")


def live_replacement(pointer: str, sign: str) -> Fault:
    """``$&`` in a replacement."""
    meanings = {
        "$$": "one `$`",
        "$&": "what was found",
        "$`": "the text before what was found",
        "$'": "the text after what was found",
    }
    return accident(
        pointer, f"{quoted(sign)} in a replacement inserts {meanings[sign]}"
    )


def second_pattern_ignored(pointer: str, why: str) -> Fault:
    """``pattern2`` without effect."""
    return accident(pointer, f"the second replacement does nothing: {why}")


def replaces_nothing(pointer: str) -> Fault:
    """Options of wrong types where nothing validates them."""
    message = "`@replace` with options of these types always gives an empty text"
    help_ = "patterns and replacements are texts, `global` and `ignorecase` bools"
    return accident(pointer, message, help_, is_about_key=True)


def mode_unknown(pointer: str, written: str) -> Fault:
    """``"mode": "ENCODE"``."""
    message = f"`@json` with the mode {quoted(written)} gives nothing"
    return accident(pointer, message, "write `encode` or `decode`, in lower case")


def direction_is_right(pointer: str, written: str) -> Fault:
    """``"direction": "LEFT"``."""
    message = f"the direction {quoted(written)} is taken for `right`"
    return accident(pointer, message, "write `left` or `right`, in lower case")


def taken_for_true(pointer: str, option: str) -> Fault:
    """``"omitArrays": "false"``."""
    message = f"`{option}` is taken for true"
    return accident(pointer, message, "write `true` or `false`")


def third_part(pointer: str) -> Fault:
    """More in the list of ``@arrayPath`` than a path and a shape."""
    message = "`@arrayPath` takes a path and a shape: this does nothing"
    return accident(pointer, message, "remove it")


def shape_ignored(pointer: str) -> Fault:
    """A shape that is no object, or an empty one."""
    message = "this is no shape of items: they are passed on as they are"
    return accident(pointer, message, "write an object, or remove it")


def literal_resolved(pointer: str) -> Fault:
    """A directive inside a literal."""
    message = "directives inside `@literal` are evaluated all the same"
    return accident(pointer, message, "`@literal` keeps only texts, as in templates")
