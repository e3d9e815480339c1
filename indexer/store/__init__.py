"""The vector store: the only place that knows Qdrant, embedded or on a server."""
