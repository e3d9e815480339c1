"""The browser application: pages in ``views``, what is on them in ``parts``; see ``components``."""
