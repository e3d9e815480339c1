"""Custom components: HTML, CSS and JavaScript, with their Python functions."""
