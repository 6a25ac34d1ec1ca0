"""What notifications runs besides nameko. Nothing in here imports it."""
