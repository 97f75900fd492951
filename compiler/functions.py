"""The function table: everything that a program may call, declared once.

This is the only place that says which functions there are. What they compute stands in
`library.py`, the form of an entry in `signatures.py`. The entries are ordered as the
language's description has them; the extensions come last.
"""

from __future__ import annotations

from fql.compiler import library
from fql.compiler.semver import compare_semver
from fql.compiler.signatures import (
    DEVICE,
    FQL,
    TRIGGER,
    Example,
    Function,
    FunctionTable,
    Parameter,
)
from fql.compiler.types import Type

__all__ = ["FUNCTIONS", "Example", "Function", "FunctionTable", "Parameter"]

_PORTABLE = frozenset({FQL, TRIGGER, DEVICE})
_ON_DEVICE = frozenset({FQL, DEVICE})

_TEXT_OR_NULL = Type.STRING | Type.NULL
_VALUE = Parameter("value", Type.ANY)
_TEXT = Parameter("text", Type.STRING)
_LIST = Parameter("list", Type.LIST)
_CONDITION = Parameter("condition", Type.BOOL, is_condition=True)

FUNCTIONS = FunctionTable(
    Function(
        "contains",
        (_TEXT, Parameter("part", Type.STRING)),
        Type.BOOL,
        "Whether the part stands somewhere in the text; case counts.",
        "false",
        library.contains,
        (
            Example('contains("Order Completed", "Order")', result=True),
            Example('contains("Order Completed", "order")', result=False),
            Example('contains(null, "Order")', result=False),
        ),
        _PORTABLE,
    ),
    Function(
        "match",
        (_TEXT, Parameter("pattern", Type.STRING)),
        Type.BOOL,
        "Whether the pattern matches the whole text: `*` is any text, `?` one "
        "character, `[a-z]` or `[^a-z]` one of a class, and a backslash takes the "
        "next character as it is.",
        "false",
        library.match,
        (
            Example('match("Order Completed", "Order *")', result=True),
            Example('match("a/b/c", "a*c")', result=True),
            Example(r'match("100%*", "[0-9]*%\*")', result=True),
            Example('match("Order", "order")', result=False),
        ),
        _PORTABLE,
    ),
    Function(
        "length",
        (Parameter("value", Type.STRING | Type.LIST | Type.NULL),),
        Type.NUMBER | Type.NULL,
        "How many bytes a text has in UTF-8, or how many elements a list has.",
        "0 for null, null for anything else",
        library.length,
        (
            Example('length("ア")', 3),
            Example("length([1, 2])", 2),
            Example("length(null)", 0),
            Example("length(12)", None),
        ),
        _ON_DEVICE,
    ),
    Function(
        "lowercase",
        (_TEXT,),
        _TEXT_OR_NULL,
        "The text in lower case.",
        "null",
        library.lowercase,
        (Example('lowercase("Paid Ads")', "paid ads"), Example("lowercase(1)", None)),
        _ON_DEVICE,
    ),
    Function(
        "uppercase",
        (_TEXT,),
        _TEXT_OR_NULL,
        "The text in upper case.",
        "null",
        library.uppercase,
        (Example('uppercase("usd")', "USD"), Example("uppercase(null)", None)),
    ),
    Function(
        "snakecase",
        (_TEXT,),
        _TEXT_OR_NULL,
        "The text with each space replaced by an underscore.",
        "null",
        library.snakecase,
        (
            Example('snakecase("Order Completed")', "Order_Completed"),
            Example("snakecase(null)", None),
        ),
    ),
    Function(
        "kebabcase",
        (_TEXT,),
        _TEXT_OR_NULL,
        "The text with each space replaced by a hyphen.",
        "null",
        library.kebabcase,
        (
            Example('kebabcase("Order Completed")', "Order-Completed"),
            Example("kebabcase(null)", None),
        ),
    ),
    Function(
        "titlecase",
        (_TEXT,),
        _TEXT_OR_NULL,
        "The text with the first letter of each word in upper case; words stand "
        "between spaces, and their other letters stay.",
        "null",
        library.titlecase,
        (
            Example('titlecase("order completed")', "Order Completed"),
            Example('titlecase("my iPhone")', "My IPhone"),
            Example("titlecase(true)", None),
        ),
    ),
    Function(
        "typeof",
        (_VALUE,),
        Type.STRING,
        'The name of the type: "string", "number", "bool", "list", "object", "null".',
        '"null" for what is missing',
        library.type_name,
        (
            Example('typeof("1")', "string"),
            Example("typeof([])", "list"),
            Example("typeof(null)", "null"),
        ),
        _ON_DEVICE,
    ),
    Function(
        "bool",
        (_VALUE,),
        Type.BOOL,
        'The value as a bool: false for 0, null, "", "false" in any letter case, and '
        "empty lists and objects; else true.",
        "every type has an answer",
        library.to_bool,
        (
            Example('bool("False")', result=False),
            Example('bool("no")', result=True),
            Example("bool(0.0)", result=False),
            Example("bool(null)", result=False),
        ),
    ),
    Function(
        "string",
        (_VALUE,),
        _TEXT_OR_NULL,
        "A text as it is, anything else but null as compact JSON.",
        "null for null",
        library.to_string,
        (
            Example("string(1.50)", "1.5"),
            Example('string(["a", true])', '["a",true]'),
            Example("string(null)", None),
        ),
    ),
    Function(
        "number",
        (Parameter("value", Type.NUMBER | Type.STRING),),
        Type.NUMBER | Type.NULL,
        "A number as it is, or the number that a text writes as JSON does; blanks "
        "around it do not count.",
        "null",
        library.to_number,
        (
            Example('number(" 12.5 ")', 12.5),
            Example('number("1,000")', None),
            Example("number(true)", None),
        ),
    ),
    Function(
        "semver",
        (
            Parameter("version", Type.STRING),
            Parameter("operator", Type.STRING),
            Parameter("other", Type.STRING),
        ),
        Type.BOOL,
        'Whether a version is "=", "!=", "<", "<=", ">" or ">=" another; one to three '
        "parts count, each by its leading integer.",
        "false",
        compare_semver,
        (
            Example('semver("1.10", ">", "1.9.3")', result=True),
            Example('semver("2.0.0-beta", "=", "2")', result=True),
            Example('semver("v2", "!=", "1")', result=False),
        ),
        _ON_DEVICE,
    ),
    Function(
        "exists",
        (_VALUE,),
        Type.BOOL,
        "Whether the value is there, that is, neither missing nor null.",
        "false for null",
        library.exists,
        (Example('exists("")', result=True), Example("exists(null)", result=False)),
        is_extension=True,
    ),
    Function(
        "timestamp",
        (_TEXT,),
        Type.TIMESTAMP | Type.NULL,
        "The text, to be compared as an instant, where it is RFC 3339 text.",
        "null, as for any other text",
        library.timestamp,
        (
            Example('timestamp("2023-04-21T19:55:00Z")', "2023-04-21T19:55:00Z"),
            Example('timestamp("21.4.2023")', None),
            Example(
                'timestamp("2023-04-21T21:55:00+02:00") < "2023-04-21T19:55:00.1Z"',
                result=True,
            ),
        ),
        is_extension=True,
    ),
    Function(
        "any",
        (_LIST, _CONDITION),
        Type.BOOL,
        "Whether the condition is true of an element; inside it, `item` is the "
        "element.",
        "false",
        library.any_element,
        (
            Example("any([1, 20], item > 10)", result=True),
            Example("any([], item > 10)", result=False),
            Example("any(null, item > 10)", result=False),
        ),
        is_extension=True,
    ),
    Function(
        "all",
        (_LIST, _CONDITION),
        Type.BOOL,
        "Whether the condition is true of every element; inside it, `item` is the "
        "element.",
        "true",
        library.all_elements,
        (
            Example("all([1, 20], item > 0)", result=True),
            Example("all([1, 20], item > 10)", result=False),
            Example("all(null, item > 10)", result=True),
        ),
        is_extension=True,
    ),
)
"""The functions of the language."""
