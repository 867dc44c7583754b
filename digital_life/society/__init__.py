"""Scenarios, runs, records and resuming."""
