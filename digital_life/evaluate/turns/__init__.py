"""Held-out turns: how a mind with a small model answers, against a plain JSON prompt and the offline mind, judged blind."""
