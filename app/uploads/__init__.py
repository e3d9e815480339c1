"""Films that come from a browser: written straight to a folder of the server, as they arrive."""
