"""What trying the outside shows: accounts, rooms, sources and images, each with what works and what is wrong."""
