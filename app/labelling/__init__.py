"""What people say of clips, kept."""
