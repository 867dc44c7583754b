"""Behaviours become performances on one clock."""
