"""Sample data through the gateway, then one citizen's story in the terminal; nothing is told that was not answered."""
