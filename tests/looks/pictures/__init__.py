"""Pictures of every golden payload as people see it: Discord's dark theme, Element's light and dark ones (`make looks`)."""
