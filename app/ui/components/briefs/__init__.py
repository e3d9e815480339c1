"""The parts of the page of ad briefs: what is asked for, and the answer."""
