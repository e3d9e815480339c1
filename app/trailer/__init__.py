"""Suggests a first trailer of a given length, for a person to edit. See ``docs/exports.md``."""
