"""Who may do what: the signed identity that travels with a call, and the policies that decide."""
