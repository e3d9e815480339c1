"""The one kind of error a user is meant to read."""


class ReelfindError(Exception):
    """One line that names the file, the cause and the next step.

    The command line prints the message alone and exits with a non-zero code; a
    traceback is shown under ``--debug`` only.
    """


class InUseError(ReelfindError):
    """Another process owns the data directory or its store."""
