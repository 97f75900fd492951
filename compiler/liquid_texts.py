"""The filters of Liquid templates that make texts of texts, as the original has them.

Each takes the budget of the rendering, the value and its arguments; an argument that is
not given is missing. Texts are counted and cut in characters.
"""

from __future__ import annotations

import hashlib
import hmac
import math
import re
import unicodedata
from base64 import b64decode, b64encode
from typing import TYPE_CHECKING, Final
from urllib.parse import quote, unquote_to_bytes

from fql.compiler.liquid_values import (
    ELEMENT_COST,
    Budget,
    Liquid,
    RenderError,
    is_nothing,
    number,
    text,
)
from fql.compiler.missing import MISSING
from fql.grammar.javascript import BLANKS

if TYPE_CHECKING:
    from collections.abc import Callable

_SPACE: Final = re.compile(f"[{BLANKS}]+")
_LINE_END: Final = re.compile(r"\r?\n")
_CJK: Final = (
    "\u4e00-\u9fff\uf900-\ufaff\u3400-\u4dbf\u3040-\u309f\u30a0-\u30ff\uac00-\ud7af"
)
_CJK_CHARACTER: Final = re.compile(f"[{_CJK}]")
_OTHER_WORD: Final = re.compile(f"[^{_CJK}{BLANKS}]+")
_ESCAPES: Final = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&#34;", "'": "&#39;"}
_ESCAPED: Final = re.compile("[&<>\"']")
_UNESCAPED: Final = re.compile("&(?:amp|lt|gt|#34|#39);")
_UNESCAPES: Final = {entity: sign for sign, entity in _ESCAPES.items()}
_BAD_PERCENT: Final = re.compile("%(?![0-9A-Fa-f]{2})")
_BASE64: Final = re.compile("[A-Za-z0-9+/]*")
_ASCII_BLANKS: Final = re.compile(r"[\t\n\f\r ]")


def _given(budget: Budget, *values: Liquid) -> list[str]:
    """Return the texts of *values*, counted."""
    texts = [text(value) for value in values]
    budget.use(sum(map(len, texts)))
    return texts


# --- whole texts ------------------------------------------------------------------


def append(budget: Budget, value: Liquid, *rest: Liquid) -> Liquid:
    """``append: "!"``."""
    if not rest:
        raise RenderError("`append` needs an argument")
    return "".join(_given(budget, value, rest[0]))


def prepend(budget: Budget, value: Liquid, *rest: Liquid) -> Liquid:
    """``prepend: "!"``."""
    if not rest:
        raise RenderError("`prepend` needs an argument")
    return "".join(_given(budget, rest[0], value))


def downcase(budget: Budget, value: Liquid) -> Liquid:
    """``downcase``."""
    return _given(budget, value)[0].lower()


def upcase(budget: Budget, value: Liquid) -> Liquid:
    """``upcase``."""
    return _given(budget, value)[0].upper()


def capitalize(budget: Budget, value: Liquid) -> Liquid:
    """``capitalize``: the first character in upper case, the others in lower case."""
    (given,) = _given(budget, value)
    return given[:1].upper() + given[1:].lower()


def strip(budget: Budget, value: Liquid, signs: Liquid = MISSING) -> Liquid:
    """``strip``: without blanks, or *signs*, at both ends."""
    return _given(budget, value)[0].strip(_signs(signs))


def lstrip(budget: Budget, value: Liquid, signs: Liquid = MISSING) -> Liquid:
    """``lstrip``: without blanks, or *signs*, at the start."""
    return _given(budget, value)[0].lstrip(_signs(signs))


def rstrip(budget: Budget, value: Liquid, signs: Liquid = MISSING) -> Liquid:
    """``rstrip``: without blanks, or *signs*, at the end."""
    return _given(budget, value)[0].rstrip(_signs(signs))


def _signs(signs: Liquid) -> str:
    return text(signs) or BLANKS


def strip_newlines(budget: Budget, value: Liquid) -> Liquid:
    """``strip_newlines``."""
    return _LINE_END.sub("", _given(budget, value)[0])


def squish(budget: Budget, value: Liquid) -> Liquid:
    """``squish``: runs of blanks as one space, none at the ends."""
    return _SPACE.sub(" ", _given(budget, value)[0]).strip(BLANKS)


def normalize_whitespace(budget: Budget, value: Liquid) -> Liquid:
    """``normalize_whitespace``: runs of blanks as one space."""
    return _SPACE.sub(" ", _given(budget, value)[0])


# --- parts of texts ---------------------------------------------------------------


def split(budget: Budget, value: Liquid, separator: Liquid = MISSING) -> Liquid:
    """``split: ","``: the parts, without empty ones at the end."""
    (given,) = _given(budget, value)
    parts = _split(given, text(separator))
    budget.use(len(parts) * ELEMENT_COST)
    while parts and not parts[-1]:
        parts.pop()
    return [*parts]


def _split(given: str, separator: str) -> list[str]:
    return given.split(separator) if separator else list(given)


def replace(
    budget: Budget, value: Liquid, old: Liquid = MISSING, new: Liquid = MISSING
) -> Liquid:
    """``replace: "a", "b"``."""
    (given,) = _given(budget, value)
    parts = _split(given, text(old))
    budget.use(len(parts) * max(len(text(new)), 1))
    return text(new).join(parts)


def replace_first(
    budget: Budget, value: Liquid, old: Liquid = MISSING, new: Liquid = MISSING
) -> Liquid:
    """``replace_first: "a", "b"``."""
    given, wanted, put = _given(budget, value, old, new)
    return given.replace(wanted, put, 1)


def replace_last(
    budget: Budget, value: Liquid, old: Liquid = MISSING, new: Liquid = MISSING
) -> Liquid:
    """``replace_last: "a", "b"``."""
    given, wanted, put = _given(budget, value, old, new)
    before, found, after = given.rpartition(wanted) if wanted else (given, "-", "")
    return before + put + after if found else given


def remove(budget: Budget, value: Liquid, part: Liquid = MISSING) -> Liquid:
    """``remove: "a"``."""
    return replace(budget, value, part, "")


def remove_first(budget: Budget, value: Liquid, part: Liquid = MISSING) -> Liquid:
    """``remove_first: "a"``."""
    return replace_first(budget, value, part, "")


def remove_last(budget: Budget, value: Liquid, part: Liquid = MISSING) -> Liquid:
    """``remove_last: "a"``."""
    return replace_last(budget, value, part, "")


def truncate(
    budget: Budget, value: Liquid, most: Liquid = MISSING, mark: Liquid = MISSING
) -> Liquid:
    """``truncate: 20``: at most that many characters, the mark among them."""
    given, end = _given(budget, value, "..." if mark is MISSING else mark)
    limit = 50.0 if most is MISSING else number(most)
    if len(given) <= (limit if limit > 0 else 0):
        return value
    room = limit - len(end)
    return given[: math.ceil(room) if room > 0 else 0] + end


def truncatewords(
    budget: Budget, value: Liquid, most: Liquid = MISSING, mark: Liquid = MISSING
) -> Liquid:
    """``truncatewords: 3``: the mark stands even behind exactly that many words."""
    given, end = _given(budget, value, "..." if mark is MISSING else mark)
    limit = 15.0 if most is MISSING else number(most)
    words = _SPACE.split(given.lstrip(BLANKS))
    limit = 1.0 if limit <= 0 else limit
    kept = " ".join(words if math.isinf(limit) else words[: _whole(limit)])
    return kept + end if len(words) >= limit else kept


def _whole(limit: float) -> int:
    return 0 if math.isnan(limit) else int(limit)


def number_of_words(budget: Budget, value: Liquid, mode: Liquid = MISSING) -> Liquid:
    """``number_of_words``: by blanks, or by characters in Chinese and the like."""
    given = _given(budget, value)[0].strip(BLANKS)
    if not given:
        return 0
    characters = len(_CJK_CHARACTER.findall(given))
    if mode == "cjk" or (mode == "auto" and characters):
        return characters + len(_OTHER_WORD.findall(given))
    return len(_SPACE.split(given))


# --- HTML -------------------------------------------------------------------------


def escape(budget: Budget, value: Liquid) -> Liquid:
    """``escape``: with HTML's entities."""
    return _ESCAPED.sub(lambda found: _ESCAPES[found[0]], _given(budget, value)[0])


def escape_once(budget: Budget, value: Liquid) -> Liquid:
    """``escape_once``: entities that are there already stay."""
    (given,) = _given(budget, value)
    return escape(budget, _UNESCAPED.sub(lambda found: _UNESCAPES[found[0]], given))


def strip_html(budget: Budget, value: Liquid) -> Liquid:
    """``strip_html``: without tags, comments, scripts and styles."""
    (given,) = _given(budget, value)
    kinds = {"<script": "</script>", "<style": "</style>", "<!--": "-->", "<": ">"}
    kept: list[str] = []
    at = 0
    while (start := given.find("<", at)) >= 0:
        end = _tag_end(given, start, kinds)
        if end < 0:
            return "".join([*kept, given[at:]])
        kept.append(given[at:start])
        at = end
    return "".join([*kept, given[at:]])


def _tag_end(given: str, start: int, kinds: dict[str, str]) -> int:
    """Return where what starts with ``<`` ends, or -1; drop kinds that never end."""
    for opening, closing in list(kinds.items()):
        if given.startswith(opening, start):
            end = given.find(closing, start + len(opening))
            if end >= 0:
                return end + len(closing)
            del kinds[opening]
    return -1


# --- URLs -------------------------------------------------------------------------


def url_encode(budget: Budget, value: Liquid) -> Liquid:
    """``url_encode``: spaces as ``+``."""
    return _quoted(budget, value, "-_.!~*'()").replace("%20", "+")


def cgi_escape(budget: Budget, value: Liquid) -> Liquid:
    """``cgi_escape``: as `url_encode`, and all punctuation but ``-_.~``."""
    return _quoted(budget, value, "-_.~").replace("%20", "+")


def uri_escape(budget: Budget, value: Liquid) -> Liquid:
    """``uri_escape``: only what no URI holds."""
    return _quoted(budget, value, ";,/?:@&=+$-_.!~*'()#[]")


def _quoted(budget: Budget, value: Liquid, safe: str) -> str:
    try:
        return quote(_given(budget, value)[0], safe=safe)
    except UnicodeEncodeError as error:
        raise RenderError("half a character cannot stand in a URL") from error


def url_decode(budget: Budget, value: Liquid) -> Liquid:
    """``url_decode``."""
    given = _given(budget, value)[0].replace("+", " ")
    try:
        decoded = unquote_to_bytes(given).decode("utf-8")
    except UnicodeError as error:
        raise RenderError("`url_decode` is given what is not encoded") from error
    if _BAD_PERCENT.search(given):
        raise RenderError("`url_decode` is given what is not encoded")
    return decoded


_KEPT_IN_SLUGS: Final[dict[str, Callable[[str], bool]]] = {
    "raw": lambda sign: sign not in BLANKS,
    "default": lambda sign: _is_word(sign),
    "pretty": lambda sign: _is_word(sign) or sign in "._~!$&'()+,;=@",
    "ascii": lambda sign: sign.isascii() and sign.isalnum(),
    "latin": lambda sign: _is_word(sign),
}
_PLAIN_LETTERS: Final = str.maketrans(
    {
        **dict.fromkeys("àáâãäå", "a"),
        **dict.fromkeys("èéêë", "e"),
        **dict.fromkeys("ìíîï", "i"),
        **dict.fromkeys("òóôõöø", "o"),
        **dict.fromkeys("ùúûü", "u"),
        **dict.fromkeys("ýÿ", "y"),
        "æ": "ae",
        "ç": "c",
        "ð": "d",
        "ñ": "n",
        "ß": "ss",
        "œ": "oe",
        "þ": "th",
        "ẞ": "SS",
        "Œ": "OE",
        "Þ": "TH",
    }
)


def slugify(
    budget: Budget, value: Liquid, mode: Liquid = MISSING, cased: Liquid = MISSING
) -> Liquid:
    """``slugify: "pretty"``: words joined by hyphens."""
    (given,) = _given(budget, value)
    name = "default" if mode is MISSING else text(mode)
    is_kept = _KEPT_IN_SLUGS.get(name)
    if name == "latin":
        given = given.translate(_PLAIN_LETTERS)
    if is_kept is not None:
        runs = "".join(sign if is_kept(sign) else "\0" for sign in given)
        given = re.sub("\0+", "-", runs)
        given = given.removeprefix("-").removesuffix("-")
    keeps_case = not is_nothing(cased) and cased not in (False, 0, "")
    return given if keeps_case else given.lower()


def _is_word(sign: str) -> bool:
    category = unicodedata.category(sign)
    return category[0] in "ML" or category == "Nd"


# --- codes ------------------------------------------------------------------------


def base64_encode(budget: Budget, value: Liquid) -> Liquid:
    """``base64_encode``."""
    return b64encode(_bytes(_given(budget, value)[0])).decode("ascii")


def base64_decode(budget: Budget, value: Liquid) -> Liquid:
    """``base64_decode``."""
    given = _ASCII_BLANKS.sub("", _given(budget, value)[0])
    digits = re.sub("==?$", "", given) if len(given) % 4 == 0 else given
    if len(digits) % 4 == 1 or not _BASE64.fullmatch(digits):
        raise RenderError("`base64_decode` is given what is not Base64")
    padded = digits + "=" * (-len(digits) % 4)
    return b64decode(padded).decode("utf-8", "replace")


def sha256(budget: Budget, value: Liquid) -> Liquid:
    """``sha256``: hexadecimal."""
    return hashlib.sha256(_bytes(_given(budget, value)[0])).hexdigest()


def hmac_sha256(budget: Budget, value: Liquid, key: Liquid = MISSING) -> Liquid:
    """``hmac_sha256: "key"``: hexadecimal."""
    given, secret = _given(budget, value, key)
    return hmac.new(_bytes(secret), _bytes(given), hashlib.sha256).hexdigest()


def _bytes(given: str) -> bytes:
    return given.encode("utf-8", "replace")


FILTERS: Final = {
    function.__name__: function
    for function in (
        *(append, prepend, downcase, upcase, capitalize, strip, lstrip, rstrip),
        *(strip_newlines, squish, normalize_whitespace, split, replace),
        *(replace_first, replace_last, remove, remove_first, remove_last),
        *(truncate, truncatewords, number_of_words, escape, escape_once),
        *(strip_html, url_encode, cgi_escape, uri_escape, url_decode, slugify),
        *(base64_encode, base64_decode, sha256, hmac_sha256),
    )
} | {"xml_escape": escape}
"""The filters here by name."""
