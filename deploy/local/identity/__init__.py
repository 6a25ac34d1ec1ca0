"""The local identity provider: a real OpenID Connect issuer for one developer's machine, and for nothing else."""
