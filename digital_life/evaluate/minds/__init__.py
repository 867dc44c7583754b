"""Evaluation of minds: what a recorded run shows, arms compared, judgements, one report."""
