"""Search: each step of it is a module, and ``app.search.searcher`` puts them together."""
