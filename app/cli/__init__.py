"""The command line: one file a group of commands.

What a command needs is imported when it runs: networks and servers take seconds to import, and
``reelfind --help`` should not.
"""
