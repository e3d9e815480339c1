"""The browser application: pages in ``views``, their parts in ``components``."""
