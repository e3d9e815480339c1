"""The parts of the page of titles."""
