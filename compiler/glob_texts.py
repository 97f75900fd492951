"""What a text must hold for a glob to match it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fql.compiler.globs import Glob, Piece


def needed_text(glob: Glob) -> str:
    """Return the longest text that stands in whatever *glob* matches; may be empty.

    To look for it first is much faster than to match, and mostly settles the matter.

    >>> from fql.compiler.globs import read_glob
    >>> needed_text(read_glob("*[bB]ot/*"))
    'ot/'
    """
    texts = [*glob.texts]
    for piece in glob.pieces:
        texts += _runs(piece)
    return max(texts, key=len, default="")


def _runs(piece: Piece) -> list[str]:
    """Return the runs of single characters in *piece*."""
    runs = [""]
    for token in piece:
        if isinstance(token, str):
            runs[-1] += token
        else:
            runs.append("")
    return runs
