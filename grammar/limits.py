"""The bounds that keep every step linear and every recursion finite.

Each has its own diagnostic. They hold for input from users; nothing inside recurses
deeper than these allow.
"""

MAX_TEXT = 64 * 1024
"""Code points of one expression or mapping text."""

LONG_TEXT = 5 * 1024
"""Bytes above which the original refuses a filter: a warning here."""

MAX_PROGRAM = 4 * 1024 * 1024
"""Code points of one program file."""

MAX_NESTING = 200
"""Levels of brackets and prefix operators."""

MAX_HEIGHT = 300
"""Nodes inside one another: brackets, and what joins values between them.

Whatever recurses on a tree uses at most three Python frames a node, and stays well
within the interpreter's own limit.
"""

MAX_NODES = 10_000
"""Nodes of one expression; the constants inside list literals do not count."""

MAX_LIST = 10_000
"""Elements of one list literal."""

MAX_DIGITS = 400
"""Digits of one integer literal."""

MAX_DIAGNOSTICS = 100
"""Findings shown for one text; the rest are counted."""

MAX_LOOPS = 3
"""Conditions over elements, and ``each``, inside one another: time multiplies."""
