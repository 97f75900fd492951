"""Liquid templates: what they print, what they refuse, and their limits."""

from __future__ import annotations

import subprocess
import sys
from contextlib import suppress
from copy import deepcopy
from itertools import count
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fql.compiler.check_directives import check_directives
from fql.compiler.closures import compile_value
from fql.compiler.liquid import (
    DISABLED_TAGS,
    TemplateError,
    is_available,
    read_template,
)
from fql.compiler.liquid_expressions import DISABLED_FILTERS, FILTERS
from fql.compiler.liquid_values import RenderError
from fql.compiler.lower_directives import lower_directives
from fql.compiler.payload import check_mapping_text, compile_mapping_text
from fql.compiler.payload_errors import MappingError
from fql.grammar.diagnostics import Code, Severity

if TYPE_CHECKING:
    from fql.grammar.diagnostics import Diagnostic

pytestmark = pytest.mark.skipif(
    not is_available(), reason="the extra `liquid` is not installed"
)

EVENT: dict[str, Any] = {
    "event": "Order Completed",
    "n": 7,
    "one": 1.0,
    "big": 1e21,
    "none": None,
    "no": False,
    "void": "",
    "text": "Hello World",
    "date": "2023-04-21T19:55:00.933Z",
    "list": ["a", None, ["b", 2]],
    "none_in": [1, None, 2],
    "objects": [{"type": "a", "n": 1}, {"type": "b", "n": "2"}],
    "object": {"a": {"b c": 5}, "first": "own"},
}


def rendered(template: str, event: Any = EVENT) -> str:
    return read_template(template)(event)


# --- output -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("template", "text"),
    [
        ("", ""),
        ("plain", "plain"),
        ("{{ event }}!", "Order Completed!"),
        ("{{ event.name }}{{ nothing }}{{ none.a }}", ""),
        ("{{ n }} {{ one }} {{ big }} {{ 1.50 }}", "7 1 1e+21 1.5"),
        ("{{ no }} {{ none }} {{ true }} {{ nil }}", "false  true "),
        ("{{ list }}", "ab2"),
        ("{{ object }}", "[object Object]"),
        ("{{ object.a['b c'] }} {{ object['a']['b c'] }}", "5 5"),
        ("{{ list.0 }}{{ objects.0.type }}", "aa"),
        ("{{ list[0] }}{{ list[-1][0] }}{{ list[9] }}", "ab"),
        ("{{ list.first }} {{ list.last }} {{ list.size }}", "a b2 3"),
        ("{{ text.size }} {{ object.size }} {{ object.first }}", "11 2 own"),
        ("{{ text.first }}{{ n.size }}{{ size }}", "0"),
        ("{{ (1..3) }}", "123"),
        ("{{ 'a\\n\\u0041\\x' }}", "a\nAx"),
        (" {{- 1 -}} x", "1x"),
        ("{% raw %}{{ n }}{% endraw %}", "{{ n }}"),
        ("{% comment %}{{ n }}{% endcomment %}{% # note %}", ""),
        ("{% echo n | plus: 1 %}", "8"),
        ("{% liquid\n assign x = 2\n echo x\n%}", "2"),
    ],
)
def test_output_is_printed_as_the_original_prints(template: str, text: str) -> None:
    assert rendered(template) == text


# --- tags -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("condition", "holds"),
    [
        ("text", True),
        ("void", True),
        ("n == 7", True),
        ("n == '7'", False),
        ("one == 1", True),
        ("none", False),
        ("nothing == nil", True),
        ("nothing == none", False),
        ("no == false", True),
        ("void == empty", True),
        ("list == list", True),
        ("object == object", True),
        ("n != 8 and text contains 'World'", True),
        ("n > '6'", True),
        ("text < 5", False),
        ("'a' < 'b'", True),
        ("none >= 0", True),
        ("nothing >= 0", False),
        ("nil >= 0", False),
        ("list contains 'a'", True),
        ("list contains nil", True),
        ("object contains 'a'", False),
        ("not n == 7", False),
        ("not no and no", False),
        ("true or false and false", True),
        ("void == blank", True),
        ("blank == blank", False),
        ("none == blank", True),
        ("n == blank", False),
    ],
)
def test_conditions(condition: str, holds: bool) -> None:
    template = f"{{% if {condition} %}}yes{{% else %}}no{{% endif %}}"
    assert rendered(template) == ("yes" if holds else "no")
    template = f"{{% unless {condition} %}}no{{% else %}}yes{{% endunless %}}"
    assert rendered(template) == ("yes" if holds else "no")


@pytest.mark.parametrize(
    ("template", "text"),
    [
        ("{% if no %}1{% elsif n %}2{% else %}3{% endif %}", "2"),
        ("{% unless n %}1{% elsif n %}2{% endunless %}", "2"),
        ("{% if n %} \n {% endif %}", " \n "),
        ("{% assign n = 'x' %}{{ n }}", "x"),
        ("{% assign y = list | last %}{{ y[0] }}", "b"),
        ("{% capture n %}<{{ n }}>{% endcapture %}{{ n }}", "<7>"),
        ("{% increment x %}{% increment x %}{{ x }}", "012"),
        ("{% increment n %}{{ n }}{% decrement n %}{{ n }}", "7877"),
        ("{% decrement x %}", "-1"),
        ("{% cycle 'a', 'b' %}{% cycle 'a', 'b' %}{% cycle 'a', 'b' %}", "aba"),
        ("{% cycle 'g': 0, 1 %}{% cycle 'g': 0, 1 %}", "1"),
        ("a{% break %}b", "a"),
        ("{% capture x %}a{% continue %}b{% endcapture %}{{ x }}c", ""),
    ],
)
def test_tags(template: str, text: str) -> None:
    assert rendered(template) == text


# --- filters ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("expression", "text"),
    [
        ("n | plus: 1", "8"),
        ("'3' | plus: '4.5'", "7.5"),
        ("n | plus: none", "7"),
        ("n | plus", "NaN"),
        ("n | minus: 9", "-2"),
        ("n | times: '2'", "14"),
        ("n | divided_by: 2", "3.5"),
        ("n | divided_by: 2, true", "3"),
        ("1 | divided_by: 0", "Infinity"),
        ("-1 | divided_by: 0", "-Infinity"),
        ("0 | divided_by: 0", "NaN"),
        ("n | modulo: 4", "3"),
        ("-7 | modulo: 4", "1"),
        ("n | modulo: 0", "NaN"),
        ("-3.75 | abs", "3.75"),
        ("2.1 | ceil", "3"),
        ("-2.1 | floor", "-3"),
        ("'x' | ceil", "0"),
        ("1.005 | round: 2", "1.01"),
        ("-2.5 | round", "-3"),
        ("1234 | round: -2", "1200"),
        ("n | at_least: 10", "10"),
        ("n | at_most: 3", "3"),
        ("'12 apples' | to_integer", "NaN"),
        ("none_in | sum", "3"),
        ("objects | sum: 'n'", "3"),
        ("text | upcase | append: '!'", "HELLO WORLD!"),
        ("text | prepend: '> '", "> Hello World"),
        ("'straße' | capitalize", "Straße"),
        ("' x ' | strip | append: '|'", "x|"),
        ("' x ' | lstrip | append: '|'", "x |"),
        ("' x ' | rstrip", " x"),
        ("'xxaxx' | strip: 'x'", "a"),
        ("' a   b ' | squish", "a b"),
        ("'a\\nb' | strip_newlines", "ab"),
        ("text | remove: 'l'", "Heo Word"),
        ("text | remove_first: 'l'", "Helo World"),
        ("text | remove_last: 'l'", "Hello Word"),
        ("text | replace: 'o', '0'", "Hell0 W0rld"),
        ("'abc' | replace: '', '-'", "a-b-c"),
        ("text | replace_first: 'o', '0'", "Hell0 World"),
        ("text | replace_last: 'o', '0'", "Hello W0rld"),
        ("'a,b,,' | split: ',' | size", "2"),
        ("'abc' | split: '' | join: '-'", "a-b-c"),
        ("text | truncate: 8", "Hello..."),
        ("text | truncate: 8, '!'", "Hello W!"),
        ("text | truncatewords: 1", "Hello..."),
        ("text | slice: -5, 2", "Wo"),
        ("none_in | slice: 1, 2 | join", " 2"),
        ("text | number_of_words", "2"),
        ("'日本 x' | number_of_words: 'auto'", "3"),
        ("'a&b<c>' | escape", "a&amp;b&lt;c&gt;"),
        ("'&amp;&' | escape_once", "&amp;&amp;"),
        ("'<b>x</b><!-- y -->z<' | strip_html", "xz<"),
        ("'a b&c' | url_encode", "a+b%26c"),
        ("'a+b%26' | url_decode", "a b&"),
        ("'a b/ü' | uri_escape", "a%20b/%C3%BC"),
        ('"it\'s!" | cgi_escape', "it%27s%21"),
        ("'Ärger & Co.' | slugify", "ärger-co"),
        ("'Élan ß' | slugify: 'latin'", "élan-ss"),
        ("'a_b c' | slugify: 'ascii'", "a-b-c"),
        ("'é' | base64_encode", "w6k="),
        ("'w6k' | base64_decode", "é"),
        (
            "'a' | sha256",
            "ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb",
        ),
        ("'a' | hmac_sha256: 'k' | size", "64"),
        ("none_in | compact | join: ','", "1,2"),
        ("none_in | push: 3 | pop | shift | join: ','", ",2"),
        ("none_in | unshift: 0 | first", "0"),
        ("objects | where: 'type', 'b' | size", "1"),
        ("objects | where: 'n' | size", "2"),
        ("list | first", "a"),
        ("text | last", "d"),
        ("n | first", ""),
        ("object | size", "0"),
        ("none | default: 'x'", "x"),
        ("void | default: 'x'", "x"),
        ("no | default: 'x'", "x"),
        ("no | default: 'x', allow_false: true", "false"),
        ("n | default: 'x'", "7"),
        ("objects | json", '[{"type":"a","n":1},{"type":"b","n":"2"}]'),
        ("none_in | json: 1", "[\n 1,\n null,\n 2\n]"),
        ("text | raw | unknown: 1, 2 | downcase", "hello world"),
    ],
)
def test_filters(expression: str, text: str) -> None:
    assert rendered(f"{{{{ {expression} }}}}") == text


@pytest.mark.parametrize(
    ("expression", "text"),
    [
        ("date | date: '%Y-%m-%d %H:%M:%S.%L %z'", "2023-04-21 19:55:00.933 +0000"),
        ("date | date", "Friday, April 21, 2023 at 7:55 pm +0000"),
        ("date | date: '%a %b %-d %y %C %e %j %I%p'", "Fri Apr 21 23 20 21 111 07PM"),
        (
            "date | date: '%U %W %u %w %s %N %3N %%'",
            "16 16 5 5 1682106900 933000000 933 %",
        ),
        (
            "date | date: '%^a %#p %_5d %010Y %q %k %l %P'",
            "FRI pm    21 0000002023 st 19  7 pm",
        ),
        ("date | date: '%c|%x|%X|%Q'", "4/21/2023, 7:55:00 PM|4/21/2023|7:55:00 PM|%Q"),
        ("date | date: '%H %Z', 'Europe/Berlin'", "21 Europe/Berlin"),
        ("date | date: '%H:%M %:z', 90", "18:25 -01:30"),
        ("0 | date: '%F%t%n%Y'", "%F\t\n1970"),
        ("'86400' | date: '%d %Z'", "02 UTC"),
        ("'2024-02-29' | date_to_string", "29 Feb 2024"),
        ("'2024-02-02' | date_to_long_string: 'ordinal', 'US'", "February 2nd, 2024"),
        ("'2024-02-03' | date_to_string: 'ordinal'", "3rd Feb 2024"),
        ("'2024-02-11' | date_to_string: 'ordinal'", "11th Feb 2024"),
        ("date | date_to_xmlschema", "2023-04-21T19:55:00+00:00"),
        ("date | date_to_rfc822", "Fri, 21 Apr 2023 19:55:00 +0000"),
        ("'soon' | date: '%Y'", "soon"),
        ("none | date: '%Y'", ""),
        ("big | date: '%Y'", "1e+21"),
    ],
)
def test_dates(expression: str, text: str) -> None:
    assert rendered(f"{{{{ {expression} }}}}") == text


def test_now_is_read_from_the_clock() -> None:
    template = read_template("{{ 'now' | date: '%s' }}", clock=lambda: 86400.5)
    assert template({}) == "86400"


# --- refused ----------------------------------------------------------------------


@pytest.mark.parametrize("tag", DISABLED_TAGS)
def test_disabled_tags_are_refused(tag: str) -> None:
    with pytest.raises(TemplateError) as caught:
        read_template(f"ab\n{{% {tag} a in b %}}")
    assert str(caught.value) == f"the tag `{tag}` is disabled (line 2, column 4)"


@pytest.mark.parametrize("name", sorted(DISABLED_FILTERS))
def test_disabled_filters_fail_when_they_are_reached(name: str) -> None:
    template = read_template(f"{{% if a %}}{{{{ b | {name} }}}}{{% endif %}}")
    assert template({}) == ""
    with pytest.raises(RenderError, match=f"the filter `{name}` is disabled"):
        template({"a": 1})
    assert name not in FILTERS


@pytest.mark.parametrize(
    "template", ["{{ a", "{{ a | }}", "{% if a %}", "{% endif %}", "{% oops %}", "{{}}"]
)
def test_what_is_no_template_is_refused(template: str) -> None:
    with pytest.raises(TemplateError):
        read_template(template)


@pytest.mark.parametrize(
    ("expression", "message"),
    [
        ("'a' | append", "`append` needs an argument"),
        ("'a' | prepend", "`prepend` needs an argument"),
        ("'%zz' | url_decode", "`url_decode` is given what is not encoded"),
        ("'%ff' | url_decode", "`url_decode` is given what is not encoded"),
        ("'a' | base64_decode", "`base64_decode` is given what is not Base64"),
        ("half | url_encode", "half a character cannot stand in a URL"),
        ("0 | date: '%Y', 'Nowhere/Else'", "`date` does not know this time zone"),
        ("0 | date: '%Y', 5000", "`date` is given no offset from UTC"),
        ("(1..9999999) | size", "the range is too long"),
    ],
)
def test_some_values_cannot_be_rendered(expression: str, message: str) -> None:
    with pytest.raises(RenderError, match=message):
        rendered(f"{{{{ {expression} }}}}", {"half": "\ud800"})


# --- limits -----------------------------------------------------------------------


def test_length_is_bounded() -> None:
    assert rendered("x" * 1_000) == "x" * 1_000
    with pytest.raises(TemplateError, match="1,002 characters"):
        read_template("😀" * 501)


def test_text_is_bounded() -> None:
    doubling = "{% assign a = a | append: a %}" * 33
    with pytest.raises(RenderError, match="the template makes too much text"):
        rendered(doubling, {"a": "x" * 100})


def test_time_is_bounded() -> None:
    ticks = count(step=0.2)
    template = read_template("{{ a }}{{ a }}{{ a }}{{ a }}", clock=lambda: next(ticks))
    with pytest.raises(RenderError, match="the template takes too long"):
        template({})


# --- in mappings ------------------------------------------------------------------


def compiled(mapping: Any) -> Any:
    return compile_value(lower_directives(check_directives(mapping).root))


def finding(mapping: Any) -> Diagnostic:
    (diagnostic,) = check_directives(mapping).diagnostics
    return diagnostic


def test_a_mapping_renders_templates() -> None:
    template = {"@liquid": "{{ event | upcase }}"}
    items = {"@arrayPath": ["objects", {"x": {"@liquid": "{{ type }}{{ event }}"}}]}
    mapping = compiled({"a": template, "b": items, "c": {"@liquid": ""}})
    assert mapping(EVENT) == {
        "a": "ORDER COMPLETED",
        "b": [{"x": "a"}, {"x": "b"}],
        "c": "",
    }


def test_what_is_no_object_has_no_variables() -> None:
    items = {"@arrayPath": ["list", {"x": {"@liquid": "[{{ a }}]"}}]}
    assert compiled({"m": items})(EVENT) == {"m": [{"x": "[]"}] * 3}


def test_a_failure_names_the_member() -> None:
    mapping = compiled({"a": [{"@if": {"exists": {"@path": "n"}, "then": "x"}}]})
    assert mapping(EVENT) == {"a": ["x"]}
    failing = compiled({"a": {"@liquid": "{% if n %}{{ n | sort }}{% endif %}"}})
    assert failing({}) == {"a": ""}
    with pytest.raises(MappingError, match="`a`: the filter `sort` is disabled"):
        failing(EVENT)


def test_a_template_that_cannot_be_read_is_an_error() -> None:
    diagnostic = finding({"a": {"@liquid": "x {{ a"}})
    assert diagnostic.code is Code.BAD_TEMPLATE
    assert diagnostic.severity is Severity.ERROR
    assert diagnostic.pointer == "/a/@liquid"


def test_a_template_that_few_events_come_to_is_a_warning() -> None:
    template = {"@liquid": "x {{ a"}
    mapping = {"a": {"@if": {"exists": {"@path": "n"}, "then": template}}}
    assert finding(mapping).severity is Severity.WARNING
    assert compiled(mapping)({}) == {}
    with pytest.raises(MappingError, match="expected '}}'"):
        compiled(mapping)(EVENT)


@pytest.mark.parametrize(
    ("template", "severity"),
    [
        ("{{ a | sort }}", Severity.ERROR),
        ("{% if a %}{{ a | sort }}{% endif %}", Severity.WARNING),
    ],
)
def test_a_disabled_filter_is_found_before_any_event(
    template: str, severity: Severity
) -> None:
    diagnostic = finding({"a": {"@liquid": template}})
    assert diagnostic.severity is severity
    assert diagnostic.message.startswith("the Liquid filter `sort` is disabled")


WITHOUT_PACKAGE = """
import sys
sys.modules["liquid"] = None
from fql.compiler.check_directives import check_directives
(found,) = check_directives({"a": {"@liquid": "{{ a }}"}}).diagnostics
print(found.code, found.pointer, found.help)
"""


def test_the_missing_package_is_named() -> None:
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT_PACKAGE],
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == (
        'FQL505 /a/@liquid install it with `pip install "fql[liquid]"`\n'
    )


# --- laws -------------------------------------------------------------------------

values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=5)
    | st.sampled_from(["1", "-2.5", "a,b", "<b>", "2024-02-29", "%41", "YWI="]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["a", "size"]), inner, max_size=2)
    ),
    max_leaves=6,
)
arguments = st.sampled_from(
    ["", ": b", ": b, c", ": 1", ": -1, 2", ": 'a'", ": '%c %j'"]
)


@given(
    st.sampled_from(sorted(FILTERS)),
    arguments,
    st.fixed_dictionaries({"a": values, "b": values, "c": values}),
)
def test_no_filter_raises_anything_else(
    name: str, argument: str, event: dict[str, Any]
) -> None:
    """A filter prints a text or says why not, for every event, and changes none."""
    before = repr(event)
    template = read_template(f"{{{{ a | {name}{argument} }}}}")
    with suppress(RenderError):
        assert isinstance(template(event), str)
    assert repr(event) == before


# --- in the mapping language ------------------------------------------------------


@pytest.mark.parametrize("quote", ["'", '"'])
def test_a_template_stands_in_either_quotes(quote: str) -> None:
    text = f"{{ a: liquid({quote}{{{{ text | upcase }}}}{quote}) }}"
    assert compile_mapping_text(text)(EVENT) == {"a": "HELLO WORLD"}


@pytest.mark.parametrize(
    ("template", "severity"),
    [
        ("{% for a in b %}{% endfor %}", Severity.ERROR),
        ("{{ a b }}", Severity.ERROR),
        ("{{ a | sort }}", Severity.ERROR),
        ("{% if a %}{{ a | sort }}{% endif %}", Severity.WARNING),
    ],
)
def test_templates_are_read_before_an_event_comes(
    template: str, severity: Severity
) -> None:
    checked = check_mapping_text(f"{{ a: liquid('{template}') }}")
    (found,) = checked.diagnostics
    assert (found.code, found.severity) == (Code.BAD_TEMPLATE, severity)
    assert checked.source.slice(found.span) == f"'{template}'"


@given(st.text(st.sampled_from("{}%|-. abif'\"nl:0"), max_size=25))
def test_any_text_is_a_template_or_refused(text: str) -> None:
    with suppress(TemplateError):
        assert isinstance(read_template(text)(deepcopy(EVENT)), str)
