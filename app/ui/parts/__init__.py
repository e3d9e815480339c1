"""Parts of pages: each draws one thing and says what was done to it."""
