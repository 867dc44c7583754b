"""Personas: schema, files, checks."""
