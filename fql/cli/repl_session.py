"""An interactive session: lines in, text out. It knows no terminal.

A line is an expression, which is answered over the loaded events and explained for the
current one, or a command, which begins with a colon.
"""

from __future__ import annotations

import json
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

from fql.api import check
from fql.api import compile as compile_trigger
from fql.cli.inputs import TEXT_NAME
from fql.cli.repl_events import Loaded, load_events
from fql.cli.repl_words import completions
from fql.compiler.closures import compile_value
from fql.compiler.commonest import Commonest
from fql.compiler.functions import FUNCTIONS
from fql.compiler.lower import lower_plain
from fql.compiler.missing import MISSING
from fql.compiler.shown import counted, show
from fql.compiler.suggest import nearest
from fql.compiler.trigger import check_trigger
from fql.compiler.values import list_index
from fql.grammar.cells import visible
from fql.grammar.diagnostics import Code, FqlError
from fql.grammar.report import WIDTH, render
from fql.grammar.source import Source, Span

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from fql.api import Dialect
    from fql.cli.repl_words import Word
    from fql.compiler.trigger import Trigger
    from fql.compiler.values import Json
    from fql.grammar.diagnostics import Diagnostic
    from fql.runtime.filter_actions import Event

MAX_SHOWN = 5
"""Events, or values, that are shown of an answer."""

HELP = """\
EXPRESSION        its answer over the loaded events, and why, for the current one
:event N          make event N the current one, and show it
:explain          explain the last expression for the current event in full
:stops            count at which part of the last expression the events stop
:fields [START]   the fields of the loaded events
:load FILE        load other events: one as JSON, or one a line
:dialect [NAME]   read expressions as fql, or as the trigger engine
:help             this text
:quit             end the session (also Ctrl-D)"""


class Reply(NamedTuple):
    """What is answered to a line.

    Attributes:
        text: What to show; may be empty.
        has_failed: Whether the line had errors.
        is_last: Whether the session ends.
    """

    text: str = ""
    has_failed: bool = False
    is_last: bool = False


class Session:
    """Answers lines, one after the other.

    Args:
        dialect: How expressions are read.
        color: Whether what is shown may have ANSI colours.
        width: Cells of a line of what is shown.
    """

    def __init__(
        self, *, dialect: Dialect = "fql", color: bool = False, width: int = WIDTH
    ) -> None:
        self.loaded = Loaded()
        self._current = 0
        self._dialect: Dialect = dialect
        self._color = color
        self._width = width
        self._trigger: Trigger | None = None
        self._commands: Mapping[str, Callable[[str], Reply]] = {
            ":event": self._event,
            ":explain": self._explain,
            ":stops": self._stops,
            ":fields": self._fields,
            ":load": self.load,
            ":dialect": self._set_dialect,
            ":help": lambda _: Reply(HELP),
            ":quit": lambda _: Reply(is_last=True),
        }

    def enter(self, line: str) -> Reply:
        """Return the answer to *line*."""
        text = line.strip()
        if not text:
            return Reply()
        if text.startswith(":"):
            return self._command(text)
        return self._expression(text)

    def complete(self, text: str) -> Iterator[Word]:
        """Yield what the word at the end of *text* may become."""
        from fql.cli.repl_words import Word

        if text.startswith(":") and " " not in text:
            names = (each for each in self._commands if each.startswith(text))
            yield from (Word(each, -len(text), "command") for each in names)
            return
        yield from completions(_argument(text), self.loaded.fields, FUNCTIONS)

    def diagnose(self, text: str) -> str:
        """Return the first finding in *text* on one line; empty where there is none."""
        if not text.strip() or text.lstrip().startswith(":"):
            return ""
        for each in self._findings(text):
            help_text = f"; {each.help}" if each.help else ""
            place = f"{each.line}:{each.column}"
            return visible(f"{each.code} at {place}: {each.message}{help_text}")
        return ""

    # --- expressions ---

    def _findings(self, text: str) -> list[Diagnostic]:
        """Return what is wrong with *text*; that it is no condition is not."""
        findings = check(Source(text, TEXT_NAME), dialect=self._dialect)
        if not _is_value(text, findings):
            return findings
        return [each for each in findings if not each.is_error]

    def _expression(self, text: str) -> Reply:
        source = Source(text, TEXT_NAME)
        findings = check(source, dialect=self._dialect)
        warnings = [each for each in findings if not each.is_error]
        shown = [self._rendered(warnings)] if warnings else []
        if _is_value(text, findings):
            return Reply("\n\n".join([*shown, "\n".join(self._value(text))]))
        try:
            self._trigger = trigger = compile_trigger(source, dialect=self._dialect)
        except FqlError as error:
            return Reply(self._rendered(error.diagnostics), has_failed=True)
        return Reply("\n\n".join([*shown, *self._answer(trigger)]))

    def _rendered(self, findings: Sequence[Diagnostic]) -> str:
        return render(findings, color=self._color, width=self._width)

    def _answer(self, trigger: Trigger) -> Iterator[str]:
        events = self.loaded.events
        if not events:
            yield "no events are loaded; `:load FILE` does that"
            return
        matching = [index for index, event in enumerate(events) if trigger(event)]
        lines = [f"{len(matching):,} of {len(events):,} events match"]
        lines += [f"  {_line(index, events[index])}" for index in matching[:MAX_SHOWN]]
        if len(matching) > MAX_SHOWN:
            lines.append(f"  and {len(matching) - MAX_SHOWN:,} more")
        yield "\n".join(lines)
        told = trigger.explain(events[self._current])
        verdict = told.verdict.replace("the event", f"event {self._current + 1}")
        source = told.annotated(color=self._color, width=self._width)
        yield f"{verdict}\n{source}"

    def _value(self, text: str) -> Iterator[str]:
        """Yield the value of an expression that is no condition."""
        checked = check_trigger(Source(text, TEXT_NAME))
        value_of = compile_value(lower_plain(checked.root, checked.types, FUNCTIONS))
        events = self.loaded.events
        if not events:
            yield show(_or_null(value_of({})))
            return
        value = show(_or_null(value_of(events[self._current])))
        yield f"event {self._current + 1}: {value}"
        values = Commonest()
        for event in events:
            values.add(show(_or_null(value_of(event))))
        yield from (f"{count:>6,}  {value}" for value, count in values.top(MAX_SHOWN))
        if values.others(MAX_SHOWN):
            yield f"{values.others(MAX_SHOWN):>6,}  other values"

    # --- commands ---

    def _command(self, text: str) -> Reply:
        name, _, argument = text.partition(" ")
        command = self._commands.get(name)
        if command is not None:
            return command(argument.strip())
        near = nearest(name, self._commands)
        hint = f"did you mean `{near}`?" if near else "`:help` lists the commands"
        return _refused(visible(f"there is no command {name}; {hint}"))

    def load(self, path: str) -> Reply:
        """Load the events of the file at *path*."""
        if not path:
            return _refused("name a file: `:load events.ndjson`")
        findings: list[Diagnostic] = []
        try:
            self.loaded = load_events(path, findings.append)
        except FqlError as error:
            return Reply(self._rendered(error.diagnostics), has_failed=True)
        self._current = 0
        cut = ", the first of more" if self.loaded.is_cut else ""
        said = counted(len(self.loaded.events), "event") + cut
        shown = [self._rendered(findings[:MAX_SHOWN])] if findings else []
        return Reply("\n\n".join([*shown, said]), has_failed=bool(findings))

    def _event(self, argument: str) -> Reply:
        events = self.loaded.events
        if not events:
            return _refused("no events are loaded; `:load FILE` does that")
        if argument:
            place = list_index(argument)
            if place is None or not 1 <= place <= len(events):
                return _refused(f"there are events 1 to {len(events):,}")
            self._current = place - 1
        event = events[self._current]
        lines = json.dumps(event, indent=2, ensure_ascii=False).split("\n")
        text = "\n".join(map(visible, lines))
        return Reply(f"event {self._current + 1}\n{text}")

    def _explain(self, argument: str) -> Reply:
        if self._trigger is None or not self.loaded.events:
            return _refused("write an expression first, with events loaded")
        if argument:
            moved = self._event(argument)
            if moved.has_failed:
                return moved
        told = self._trigger.explain(self.loaded.events[self._current])
        return Reply(told.to_text(color=self._color, width=self._width))

    def _stops(self, argument: str) -> Reply:
        from fql.compiler.stops import Stops

        del argument
        if self._trigger is None or not self.loaded.events:
            return _refused("write an expression first, with events loaded")
        stops = Stops(self._trigger)
        for event in self.loaded.events:
            stops.add(event)
        return Reply(stops.to_text(color=self._color, width=self._width))

    def _fields(self, argument: str) -> Reply:
        found = [each for each in self.loaded.fields if each.path.startswith(argument)]
        if not found:
            return Reply("there are none")
        digits = len(f"{max(each.count for each in found):,}")
        lines = (
            f"{each.count:>{digits},}  {each.path}  ({', '.join(each.kinds)})"
            for each in found
        )
        return Reply("\n".join(map(visible, lines)))

    def _set_dialect(self, argument: str) -> Reply:
        match argument:
            case "":
                pass
            case "fql" | "trigger":
                self._dialect = argument
            case _:
                return _refused("the dialects are fql and trigger")
        return Reply(f"expressions are read as {self._dialect}")


def _refused(text: str) -> Reply:
    return Reply(text, has_failed=True)


def _argument(text: str) -> str:
    """Return *text* without the command at its beginning."""
    return text.partition(" ")[2] if text.startswith(":") else text


def _is_value(text: str, findings: Sequence[Diagnostic]) -> bool:
    """Return whether all that is wrong with *text* is that it is no condition."""
    wrong = [each for each in findings if each.is_error]
    return [(each.code, each.span) for each in wrong] == [
        (Code.NOT_BOOLEAN, Span(0, len(text)))
    ]


def _or_null(value: object) -> Json:
    return None if value is MISSING else value  # type: ignore[return-value]


def _line(index: int, event: Event) -> str:
    """Return what an event is, on one line."""
    told = (event.get(key) for key in ("type", "event", "name", "userId", "messageId"))
    words = [each for each in told if isinstance(each, str) and each]
    return visible("  ".join([f"{index + 1:>4,}", *islice(words, 4)]))
