"""The device side: an agent that keeps readings on disk until the cloud has them, and homes that replay recordings."""
