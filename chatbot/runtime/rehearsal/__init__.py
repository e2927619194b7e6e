"""A rehearsal: everything is real, but whatever any room or person would get goes to one room, marked with where it would go."""
