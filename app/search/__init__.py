"""The parts of the search planner, one a file; ``app.search`` puts them together."""
