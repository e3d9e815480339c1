"""What is in use, where it was set, and whether the machine is fit for it."""
