"""The server's job queue: indexes films, one job at a time, while searches continue."""
