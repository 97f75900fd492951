"""What every test runs under."""

from __future__ import annotations

import os

from hypothesis import settings

# Tests share the machine, so a slow example says nothing. A change must not fail for
# an example that it did not bring: runs for a change draw the same ones every time.
settings.register_profile("fql", deadline=None, derandomize="CI" in os.environ)
settings.load_profile("fql")
