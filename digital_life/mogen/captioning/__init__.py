"""Captioning: what a motion shows, in words."""
