"""What can be wrong with a text, as data.

A finding is a `Diagnostic`: a code that never changes its meaning, a message, a
place, and what to type instead. Wording lives in the ``errors.py`` of each stage,
rendering in `report.py`; this module does neither.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum, unique
from typing import TYPE_CHECKING

from fql.grammar.limits import MAX_DIAGNOSTICS

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from fql.grammar.source import Source, Span


class Severity(StrEnum):
    """How bad it is: an error stops compilation, a warning does not."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@unique
class Code(StrEnum):
    """Every finding's fixed name. ``codes.toml`` explains each with examples.

    1xx syntax, 2xx names, 3xx types and meaning, 4xx limits, 5xx running,
    6xx delivery, 7xx portability, 8xx tests. A number is never used again for
    something else.
    """

    # 1xx syntax
    SYNTAX = "FQL100"
    UNTERMINATED_STRING = "FQL101"
    DOUBLE_EQUALS = "FQL102"
    AMPERSANDS = "FQL103"
    PIPES = "FQL104"
    NOT_WORD = "FQL105"
    ANGLE_BRACKETS = "FQL106"
    SMART_QUOTES = "FQL107"
    MISSING_OPERAND = "FQL108"
    COMMA_FOR_AND = "FQL109"
    MISSING_OPERATOR = "FQL110"
    UNCLOSED_BRACKET = "FQL111"
    UNEXPECTED_CLOSING = "FQL112"
    BAD_NUMBER = "FQL113"
    BAD_PATH = "FQL114"
    BAD_CHARACTER = "FQL115"
    CHAINED_COMPARISON = "FQL116"
    EMPTY_TEXT = "FQL117"
    KEYWORD_CASE = "FQL118"
    NOT_UTF8 = "FQL119"
    MISSING_SEPARATOR = "FQL120"
    MAPPING_SYNTAX = "FQL121"
    BAD_TEMPLATE = "FQL122"
    BAD_JSON = "FQL123"
    # 2xx names
    UNKNOWN_FIELD = "FQL201"
    UNKNOWN_EVENT = "FQL202"
    BARE_WORD = "FQL203"
    UNKNOWN_FUNCTION = "FQL204"
    WRONG_ARITY = "FQL205"
    UNKNOWN_OPTION = "FQL206"
    DUPLICATE_MEMBER = "FQL207"
    DUPLICATE_NAME = "FQL208"
    UNKNOWN_SOURCE = "FQL209"
    UNKNOWN_KIND = "FQL210"
    UNKNOWN_ACTION = "FQL211"
    UNKNOWN_SETTING = "FQL212"
    UNKNOWN_KEY = "FQL213"
    BAD_SETTING = "FQL214"
    BAD_DEFINITION = "FQL215"
    UNKNOWN_ENRICHMENT = "FQL216"
    ENRICHMENT_IN_CONDITION = "FQL217"
    # 3xx types and meaning
    TYPE_MISMATCH = "FQL301"
    NOT_BOOLEAN = "FQL302"
    NEVER_TRUE = "FQL303"
    ALWAYS_TRUE = "FQL304"
    NUMBER_AS_TEXT = "FQL305"
    SWAPPED_MATCH = "FQL306"
    BAD_GLOB = "FQL307"
    NO_OFFSET = "FQL308"
    BAD_TIMESTAMP = "FQL309"
    BAD_SEMVER_OPERATOR = "FQL310"
    SECRET_IN_FILE = "FQL311"
    DOTTED_NAME = "FQL312"
    BAD_PERCENT = "FQL313"
    NO_ENABLED_MAPPING = "FQL314"
    NOT_CONSTANT = "FQL315"
    BAD_MODEL = "FQL316"
    JSON_ACCIDENT = "FQL317"
    EMPTIED_OBJECT = "FQL318"
    NOTHING_PASSES = "FQL319"
    NO_EFFECT = "FQL320"
    REQUIRED_FIELD = "FQL321"
    NO_SUCH_FIELD = "FQL322"
    FIELD_TYPE = "FQL323"
    NOT_A_CHOICE = "FQL324"
    BAD_DELIVERY = "FQL325"
    BAD_INTERVAL = "FQL326"
    CONTRADICTION = "FQL340"
    DECIDES_NOTHING = "FQL341"
    COVERED = "FQL342"
    OVERLAP = "FQL350"
    REDUNDANT_MAPPING = "FQL351"
    UNREACHABLE_MAPPING = "FQL352"
    UNHANDLED_EVENT = "FQL353"
    # 4xx limits
    TEXT_TOO_LONG = "FQL401"
    TEXT_LONG = "FQL402"
    TOO_DEEP = "FQL403"
    TOO_MANY_NODES = "FQL404"
    LIST_TOO_LONG = "FQL405"
    NUMBER_TOO_LONG = "FQL406"
    TOO_MANY_DIAGNOSTICS = "FQL407"
    TOO_MANY_MAPPINGS = "FQL408"
    TOO_MANY_FILTERS = "FQL409"
    TOO_MANY_CONDITIONS = "FQL410"
    TITLE_LONG = "FQL411"
    TOO_MANY_LOOPS = "FQL412"
    TOO_MANY_ROWS = "FQL413"
    # 5xx running
    FILE_UNREADABLE = "FQL501"
    BAD_EVENT_LINE = "FQL502"
    EVENT_NOT_OBJECT = "FQL503"
    MISSING_ENVIRONMENT = "FQL504"
    MISSING_EXTRA = "FQL505"
    TABLE_UNREADABLE = "FQL511"
    BAD_TABLE_ROW = "FQL512"
    NO_KEY_COLUMN = "FQL513"
    DUPLICATE_KEY = "FQL514"
    # 6xx delivery
    OUTBOX_UNUSABLE = "FQL601"
    METRICS_UNSERVED = "FQL621"
    # 7xx portability
    UNREADABLE_TRIGGER = "FQL701"
    MISREAD = "FQL702"
    NEGATION_LOST = "FQL703"
    MIXED_OPERATORS = "FQL704"
    NESTED_PARENTHESES = "FQL705"
    SINGLE_QUOTES = "FQL706"
    KEYWORD_NOT_READ = "FQL707"
    FIELD_VANISHES = "FQL708"
    NOT_UNDERSTOOD = "FQL709"
    PATH_MISREAD = "FQL710"
    GLOB_MISREAD = "FQL711"
    NULL_AS_TEXT = "FQL712"
    BOOL_AS_TEXT = "FQL713"
    NEGATED_MISSING = "FQL714"
    TEXT_ORDER = "FQL715"
    NUMBER_MISREAD = "FQL716"
    TEXT_MISREAD = "FQL717"
    SECOND_EQUALS = "FQL718"
    COMMA_IGNORED = "FQL719"
    WORD_AS_TEXT = "FQL720"
    FALSY_PARENT = "FQL721"
    PLAN_CONDITIONS = "FQL722"
    REFUSED_CHARACTER = "FQL723"
    NO_BUILDER_FORM = "FQL724"
    ORDER_OF_TEXTS = "FQL725"
    NO_DIRECTIVE = "FQL726"
    NO_TEXT = "FQL727"
    DEVICE_MISSING = "FQL780"
    DEVICE_FUNCTION = "FQL781"
    DEVICE_NESTED = "FQL782"
    DEVICE_ORDER = "FQL783"
    DEVICE_LIST = "FQL784"
    DEVICE_PATH = "FQL785"
    DEVICE_LENGTH = "FQL786"
    DEVICE_CHARACTER = "FQL787"
    DEVICE_NUMBER = "FQL788"
    DEVICE_TYPE_NAME = "FQL789"
    DEVICE_SAMPLE = "FQL790"
    DEVICE_SEQUENCE = "FQL791"
    # 8xx tests
    BAD_YAML = "FQL801"
    NO_SUCH_EVENT = "FQL802"
    NO_SUCH_PART = "FQL803"
    MISPLACED_EXPECTATION = "FQL804"
    NO_TESTS = "FQL805"


@dataclass(frozen=True, slots=True)
class Label:
    """A second place that matters, and why."""

    span: Span
    text: str


@dataclass(frozen=True, slots=True)
class Edit:
    """Replace the text under *span* by *text*: a fix that is sure to be right."""

    span: Span
    text: str


@dataclass(frozen=True)
class Diagnostic:
    """One finding in one source.

    Attributes:
        code: Its fixed name, such as ``FQL204``.
        message: What is wrong, in the user's words, without a full stop.
        span: Where, in code points of ``source``.
        severity: Error, warning or note.
        help: What to type instead, or an empty string.
        labels: Other places that matter.
        edits: A fix to apply as a whole; empty where none is sure.
        pointer: The JSON pointer of the place when it stems from JSON, or None.
    """

    code: Code
    message: str
    span: Span
    source: Source = field(repr=False)
    severity: Severity = Severity.ERROR
    help: str = ""
    labels: tuple[Label, ...] = ()
    edits: tuple[Edit, ...] = ()
    pointer: str | None = None

    @property
    def line(self) -> int:
        """The 1-based line where the span starts."""
        return self.source.position(self.span.start).line

    @property
    def column(self) -> int:
        """The 1-based column, in code points, where the span starts."""
        return self.source.position(self.span.start).column

    @property
    def is_error(self) -> bool:
        """Whether this stops compilation."""
        return self.severity is Severity.ERROR

    def __str__(self) -> str:
        place = f"{self.source.name}:{self.line}:{self.column}"
        return f"{place}: {self.severity}[{self.code}]: {self.message}"


class FqlError(Exception):
    """The text has errors. ``diagnostics`` holds all findings, warnings too."""

    def __init__(self, diagnostics: Sequence[Diagnostic]) -> None:
        self.diagnostics = tuple(diagnostics)
        super().__init__(self.diagnostics)

    def __str__(self) -> str:
        return "\n".join(str(diagnostic) for diagnostic in self.diagnostics)


def arrange(diagnostics: Iterable[Diagnostic]) -> list[Diagnostic]:
    """Return the findings in source order, without repeats, at most 100.

    What is cut is counted in one closing note, ``and n more``; errors are never
    cut in favour of warnings.
    """
    ordered = sorted(
        dict.fromkeys(diagnostics),
        key=lambda each: (each.source.name, each.span.start, each.span.end, each.code),
    )
    if len(ordered) <= MAX_DIAGNOSTICS:
        return ordered
    kept = sorted(ordered, key=lambda each: not each.is_error)[:MAX_DIAGNOSTICS]
    kept_set = set(kept)
    shown = [each for each in ordered if each in kept_set]
    last = shown[-1]
    more = len(ordered) - len(shown)
    rest = Diagnostic(
        code=Code.TOO_MANY_DIAGNOSTICS,
        message=f"and {more} more",
        span=last.span,
        source=last.source,
        severity=Severity.NOTE,
        help="fix the ones above first",
    )
    return [*shown, rest]


def has_errors(diagnostics: Iterable[Diagnostic]) -> bool:
    """Return whether any finding stops compilation."""
    return any(diagnostic.is_error for diagnostic in diagnostics)
