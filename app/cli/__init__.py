"""The command line, with one file per group of commands.

What a command needs is imported when it runs: networks and servers take seconds to import, and
``reelfind --help`` should not.
"""
