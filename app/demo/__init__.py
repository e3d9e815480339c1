"""The demo: a small catalogue of real films from the package registry, with their descriptions."""
