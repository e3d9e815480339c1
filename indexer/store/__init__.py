"""The vector store: Qdrant, embedded or on a server, behind one interface."""
