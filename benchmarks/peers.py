"""Other engines, with the twelve triggers in their languages.

A peer that is not installed is said to be; ``make peers`` installs all. None of them is
needed for anything else.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from importlib import import_module, metadata
from typing import TYPE_CHECKING, Any, TypeAlias

from benchmarks import peer_texts

if TYPE_CHECKING:
    from benchmarks.hand_triggers import Event
    from benchmarks.peer_texts import Texts

Test: TypeAlias = Callable[[Any], bool]


def as_it_is(event: Event) -> object:
    """Return *event*."""
    return event


@dataclass(frozen=True, slots=True)
class Engine:
    """What an installed peer does.

    Attributes:
        compile: Takes a text in its language; returns a function of what `convert`
            gives, which answers ``True`` where the event matches and may raise.
        convert: What each event has to be made into first.
    """

    compile: Callable[[Any], Callable[[Any], object]]
    convert: Callable[[Event], object] = as_it_is

    @property
    def is_converting(self) -> bool:
        """Whether events have to be made into something else first."""
        return self.convert is not as_it_is

    def of_converted(self, text: object) -> Test:
        """Return the test that takes converted events; a failure is no match."""
        return _guarded(self.compile(text))

    def of_events(self, text: object) -> Test:
        """Return the test that takes events as a JSON reader makes them."""
        test = self.compile(text)
        if not self.is_converting:
            return _guarded(test)
        convert = self.convert
        return _guarded(lambda event: test(convert(event)))


def _guarded(test: Callable[[Any], object]) -> Test:
    def matches(event: object) -> bool:
        try:
            return test(event) is True
        except Exception:  # each engine has its own
            return False

    return matches


@dataclass(frozen=True, slots=True)
class Peer:
    """Another engine.

    Attributes:
        name: What tables call it.
        package: The distribution that has it.
        language: The language of its texts.
        texts: The triggers in that language, by the names of their functions.
        opened: Returns what it does. Raises: ImportError, where it is not installed.
        remark: What one has to know of it.
    """

    name: str
    package: str
    language: str
    texts: Texts
    opened: Callable[[], Engine]
    remark: str = field(default="", kw_only=True)

    @property
    def cannot(self) -> Mapping[str, str]:
        """The triggers that its language cannot say, and why."""
        lacking = peer_texts.CANNOT.get(self.language, {})
        return {name: why for name, why in lacking.items() if name not in self.texts}

    @property
    def otherwise(self) -> str:
        """Why it may answer otherwise; empty where there is no reason to."""
        return peer_texts.OTHERWISE.get(self.language, "")

    @property
    def version(self) -> str:
        """The version that is installed. Raises: PackageNotFoundError."""
        return metadata.version(self.package)


# --- the engines --------------------------------------------------------------------


def _evalidate() -> Engine:
    from datetime import datetime

    library: Any = import_module("evalidate")
    model = library.base_eval_model.clone()
    model.nodes += ["Call", "Attribute", "ListComp", "comprehension", "Store", "List"]
    model.attributes += ["startswith", "lower"]
    model.imported_functions = {"instant": datetime.fromisoformat, "any": any}
    return Engine(lambda text: model.expr(text).eval)


def _jsonata2py() -> Engine:
    library: Any = import_module("jsonata2py")
    return Engine(lambda text: library.compile(text).evaluate)


def _jsonatapy() -> Engine:
    library: Any = import_module("jsonatapy")
    return Engine(
        lambda text: library.compile(text).evaluate_with_data, library.JsonataData
    )


def _jsonata_python() -> Engine:
    library: Any = import_module("jsonata")
    return Engine(lambda text: library.Jsonata(text).evaluate)


def _datalogic() -> Engine:
    library: Any = import_module("datalogic_py")
    engine = library.Engine()
    return Engine(lambda rule: engine.compile(rule).evaluate)


def _json_logic() -> Engine:
    evaluate: Any = import_module("json_logic").jsonLogic
    return Engine(lambda rule: lambda event: evaluate(rule, event))


def _jmespath() -> Engine:
    library: Any = import_module("jmespath")
    return Engine(lambda text: library.compile(text).search)


def _zen() -> Engine:
    library: Any = import_module("zen")
    return Engine(lambda text: library.compile_expression(text).evaluate)


def _cel_in_cpp() -> Engine:
    cel: Any = import_module("cel_expr_python.cel")
    environment = cel.NewEnv(variables={"e": cel.Type.DYN})

    def compile_text(text: str) -> Callable[[object], object]:
        evaluate = environment.compile(text).eval
        return lambda event: evaluate(data={"e": event}).value()

    return Engine(compile_text)


def _cel_in_rust() -> Engine:
    library: Any = import_module("cel")

    def compile_text(text: str) -> Callable[[object], object]:
        execute = library.compile(text).execute
        return lambda event: execute({"e": event})

    return Engine(compile_text)


def _cel_in_python() -> Engine:
    library: Any = import_module("celpy")
    environment = library.Environment()

    def compile_text(text: str) -> Callable[[object], object]:
        evaluate = environment.program(environment.compile(text)).evaluate
        return lambda event: bool(evaluate({"e": event}))

    return Engine(compile_text, library.json_to_cel)


def _rule_engine() -> Engine:
    library: Any = import_module("rule_engine")
    context = library.Context(default_value=None)
    return Engine(lambda text: library.Rule(text, context=context).matches)


PEERS: tuple[Peer, ...] = (
    Peer(
        "evalidate",
        "evalidate",
        "Python",
        peer_texts.EVALIDATE,
        _evalidate,
        remark="Python's eval of a checked expression; the event is its scope",
    ),
    Peer("jsonata2py", "jsonata2py", "JSONata", peer_texts.JSONATA, _jsonata2py),
    Peer("jsonatapy (Rust)", "jsonatapy", "JSONata", peer_texts.JSONATA, _jsonatapy),
    Peer(
        "jsonata-python",
        "jsonata-python",
        "JSONata",
        peer_texts.JSONATA,
        _jsonata_python,
    ),
    Peer(
        "datalogic-py (Rust)",
        "datalogic-py",
        "JsonLogic",
        peer_texts.DATALOGIC,
        _datalogic,
    ),
    Peer(
        "json-logic-modernized",
        "json-logic-modernized",
        "JsonLogic",
        peer_texts.JSON_LOGIC,
        _json_logic,
        remark="evaluates each rule anew: it has nothing to compile",
    ),
    Peer("jmespath", "jmespath", "JMESPath", peer_texts.JMESPATH, _jmespath),
    Peer("zen-engine (Rust)", "zen-engine", "ZEN", peer_texts.ZEN, _zen),
    Peer(
        "cel-expr-python (C++)", "cel-expr-python", "CEL", peer_texts.CEL, _cel_in_cpp
    ),
    Peer(
        "common-expression-language (Rust)",
        "common-expression-language",
        "CEL",
        peer_texts.CEL,
        _cel_in_rust,
    ),
    Peer("cel-python", "cel-python", "CEL", peer_texts.CEL, _cel_in_python),
    Peer(
        "rule-engine",
        "rule-engine",
        "rule-engine",
        peer_texts.RULE_ENGINE,
        _rule_engine,
    ),
)
"""The peers that are Python packages."""
