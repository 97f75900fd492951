"""From text to trees: the languages, their nodes and diagnostics."""
