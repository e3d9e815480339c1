"""Evaluates representations on tasks: the same folds for all, intervals over titles, a report."""
