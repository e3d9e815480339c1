"""The demo catalogue: real films from the package registry, with their descriptions."""
