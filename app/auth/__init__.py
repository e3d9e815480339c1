"""Access control: API keys, browser sessions and rate limits."""
