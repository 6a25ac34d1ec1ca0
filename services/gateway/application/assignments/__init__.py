"""Who may do what for a time, and who is kept out of what."""
