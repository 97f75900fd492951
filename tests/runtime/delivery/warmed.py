"""What a process that forks workers has done before: imported, and loaded a program.

Only to be imported there: a worker that is killed as it starts tests little.
"""

from __future__ import annotations

from importlib import import_module

from fql.grammar.source import Source
from fql.runtime.load import load

PROGRAM = """
destination crm: webhook {{
  delivery {{ allow: ["127.0.0.0/8"], concurrency: 4, batch_size: {batch} }}
  mapping "All" when all send send {{
    url: "{url}/events", method: "POST", data: $
  }}
}}
"""

for each in ("deliver", "deliver_summary", "outboxes"):
    import_module(f"fql.cli.{each}")
for each in ("accepting", "outbox", "outbox_admin", "worker"):
    import_module(f"fql.runtime.delivery.{each}")
load(Source(PROGRAM.format(url="http://127.0.0.1", batch=1)))
