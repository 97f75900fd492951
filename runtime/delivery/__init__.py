"""Delivery: from payloads to answers, whatever dies in between."""
