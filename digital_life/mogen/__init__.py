"""MoGen: text to motion."""
