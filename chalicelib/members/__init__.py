"""People and what they may do: roles and one table of permissions. Pure."""
