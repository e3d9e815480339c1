"""Parts of pages: each draws one thing and returns the user's actions on it."""
