"""From a description in words to an appearance, by keywords."""
