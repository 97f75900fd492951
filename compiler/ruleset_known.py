"""What is still to be asked in a bucket, since events come there for a reason."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fql.compiler import ir
from fql.compiler.globs import GlobKind
from fql.compiler.ruleset_keys import Kind, accesses
from fql.compiler.ruleset_terms import settled_terms

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from fql.compiler.ir import Ir
    from fql.compiler.ruleset_entries import Entry
    from fql.compiler.ruleset_keys import Known, ScalarKey
    from fql.compiler.walk import Key


def settled_entries(entries: Iterable[Entry], known: tuple[Known, ...]) -> list[Entry]:
    """Return *entries* with what is still to be asked where *known* is so."""
    equal = {each.path: each.key for each in known if each.kind is Kind.EQUAL}
    begun = {(each.path, each.key) for each in known if each.kind is Kind.PREFIX}
    settled: list[Entry] = []
    for entry in entries:
        terms = settled_terms(entry.terms)
        if terms is None:
            continue
        answers = [_holds(term, equal, begun) for term in terms]
        if False not in answers:
            left = [
                term for term, is_so in zip(terms, answers, strict=True) if not is_so
            ]
            settled.append(entry._replace(terms=tuple(left)))
    return settled


def _holds(
    term: Ir, equal: Mapping[Key, ScalarKey], begun: set[tuple[Key, ScalarKey]]
) -> bool | None:
    """Return whether *term* holds, or None where that is not known."""
    begin = None
    if isinstance(term, ir.GlobTest) and term.glob.kind is GlobKind.PREFIX:
        begin = term.glob.texts[0]
    for access in accesses(term):
        if access.kind is Kind.EQUAL and access.path in equal:
            return equal[access.path] in access.keys
        if (access.path, begin) in begun:
            return True
    return None
