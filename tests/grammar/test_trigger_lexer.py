"""Tokens as the original engine cuts them."""

from __future__ import annotations

import pytest

from fql.grammar.trigger_lexer import MAX_TOKEN, UnreadableText, tokenize


def shown(text: str) -> str:
    return " ".join(f"{token.kind}:{token.text}" for token in tokenize(text)[:-1])


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("", ""),
        (" \t\n", ""),
        ("a.b", "word:a dot:. word:b"),
        ("event!= 5", "word:event operator:!= number:5"),
        ("event = 5", "word:event operator:= number:5"),
        ("a==b", "word:a operator:= operator:= word:b"),
        ("< <= > >= <>", "operator:< operator:<= operator:> operator:>= "
         "operator:< operator:>"),
        ("a <=5", "word:a operator:< operator:= number:5"),
        ("a <=", "word:a operator:<="),
        ("!contains(", "operator:! word:contains left:("),
        ("!(a)", "operator:! left:( word:a right:)"),
        ("[a],", "other:[ word:a other:] other:,"),
        ("-", "number:-"),
        ("-.5 +5 007 5.x", "number:-.5 number:+5 number:007 number:5. word:x"),
        ("1e3 ", "number:1 word:e3"),
        ("and or null", "conditional:and conditional:or null:null"),
        ("AND Or", "word:AND word:Or"),
        ("and(or.null=", "word:and left:( word:or dot:. word:null operator:="),
        ("andrew orange nullify", "word:andrew word:orange word:nullify"),
        (r"a\ b\=c \1 _x-y", r"word:a b=c word:1 word:_x-y"),
        ("\\\n", "word:\n"),
        ("'a' \"b\"", "string:'a' string:\"b\""),
        ('"a\nb" "c\\"', 'string:"a\nb" string:"c\\"'),
    ],
)  # fmt: skip
def test_tokens(text: str, tokens: str) -> None:
    assert shown(text) == tokens


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("= an", "operator:= word:a"),
        ("= ab", "operator:= word:a"),
        ("= abc", "operator:= word:abc"),
        ("= o", "operator:= word:o"),
        ("= ox", "operator:= word:ox"),
        ("= n", "operator:= word:n"),
        ("= nul", "operator:= word:n"),
        ("= nu ", "operator:= word:nu"),
        ("n😀", "word:n"),
    ],
)
def test_the_look_ahead_for_a_keyword_swallows_a_short_end(
    text: str, tokens: str
) -> None:
    assert shown(text) == tokens


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ('"a"b"', 'string:"a" string:"b"'),
        ('"a"."', 'string:"a" string:"."'),
        ('"say \\"hi\\"" ', 'string:"say \\" string:"hi\\" string:""'),
        ("'a'='", "string:'a' string:'='"),
    ],
)
def test_a_quote_opens_the_next_string_where_nothing_ends_the_first(
    text: str, tokens: str
) -> None:
    assert shown(text) == tokens


@pytest.mark.parametrize(
    ("text", "message", "place"),
    [
        ("a<5", "the trigger engine wants a blank between a name and `<`", (1, 2)),
        ("a[0]", "the trigger engine knows no index in a path", (1, 2)),
        ('a"b"', "a string stands right after the word `a`", (1, 2)),
        ("ab$", "the trigger engine cannot read `$` right after a name", (2, 3)),
        ("bé", "the trigger engine cannot read `é` right after a name", (1, 2)),
        ("a = 1\r\n", "the trigger engine cannot read '\\r' outside of a string",
         (5, 6)),
        ("$", "the trigger engine cannot read `$` outside of a string", (0, 1)),
        ('"😀" 😀', "the trigger engine cannot read `😀` outside of a string",
         (4, 5)),
        ("\\😀 ", "the trigger engine reads no character above U+FFFF in a name",
         (1, 2)),
        ('a!="b"', "the trigger engine wants a blank after `!=`", (1, 2)),
        ("!", "the trigger engine reads `!` only before `= `, `(` and a letter",
         (0, 1)),
        ("!_a", "the trigger engine reads `!` only before `= `, `(` and a letter",
         (0, 1)),
        ("a = 5.", "this number ends in a decimal point", (4, 6)),
        ("5.,", "this number ends in a decimal point", (0, 2)),
        ("1.2.3", "this number has two decimal points", (0, 5)),
        ("a = 'b", "this string has no end", (4, 6)),
        ('"a"b', "this string has no end", (2, 4)),
        ("b\\", "nothing stands after this backslash", (1, 2)),
    ],
)  # fmt: skip
def test_what_has_no_tokens(text: str, message: str, place: tuple[int, int]) -> None:
    with pytest.raises(UnreadableText) as caught:
        tokenize(text)
    error = caught.value
    assert (error.message, (error.start, error.end)) == (message, place)


@pytest.mark.parametrize(
    "long", ["a" * 99_999, "1" * 100_000, '"' + "a" * 99_999 + '"']
)
def test_the_longest_tokens(long: str) -> None:
    assert tokenize(long)[0].text == long


@pytest.mark.parametrize(
    "too_long",
    ["b" * MAX_TOKEN, "1" * (MAX_TOKEN + 1), '"' + "😀" * (MAX_TOKEN // 2) + '"'],
    ids=["word", "number", "string"],
)
def test_too_long_tokens(too_long: str) -> None:
    with pytest.raises(UnreadableText, match="too long"):
        tokenize(too_long)


def test_tokens_know_their_places_in_code_points() -> None:
    text = '"😀😀" a\\ b "😀" c'
    places = [text[token.start : token.end] for token in tokenize(text)]
    assert places == ['"😀😀"', "a\\ b", '"😀"', "c", ""]
