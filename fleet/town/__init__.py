"""A town of simulated homes against the running local world: `make fleet`."""
