"""See and end browser sessions."""
