"""Components of our own: HTML, styles and JavaScript, with what they send in Python."""
