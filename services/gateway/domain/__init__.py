"""What the gateway knows about people, teams and roles: pure rules, standard library and errors only."""
