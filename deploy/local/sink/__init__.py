"""Where mail and SMS end up on a development machine: kept to be looked at, sent to nobody."""
