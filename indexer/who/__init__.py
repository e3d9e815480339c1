"""Who is in a shot: embeddings of faces, and groups of faces that are alike.

It is off unless ``who.enabled`` is true in the settings: such embeddings are biometric data.
"""
