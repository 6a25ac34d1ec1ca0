"""Browser sessions: a person signs in at their issuer, and their browser holds nothing but a number that means nothing."""
