"""Search, API, browser application, command line: what people and programs use."""
