"""From events to outcomes: programs, pipeline, delivery."""
