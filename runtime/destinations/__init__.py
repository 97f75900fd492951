"""Destinations: what they are, which ones there are, and those that are shipped."""
