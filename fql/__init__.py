"""Compile and run trigger expressions, filters and payload mappings."""
