"""How much each client may ask for: one quota for all replicas, without asking anybody for each request."""
