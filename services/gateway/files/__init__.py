"""Files over HTTP: how they arrive in pieces, what is looked at before anybody may have them, how they leave."""
