"""Visemes, expressions, gaze, blinks and head motion."""
