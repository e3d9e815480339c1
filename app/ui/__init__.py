"""The browser application: pages in ``views``, parts in ``parts``, widgets in ``components``."""
