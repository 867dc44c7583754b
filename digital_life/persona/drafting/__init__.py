"""A whole persona from a paragraph, by rules."""
