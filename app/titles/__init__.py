"""One title for display: its cut list, timeline data, stills and film."""
