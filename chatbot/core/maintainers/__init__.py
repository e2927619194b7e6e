"""What a project's maintainers say about its announcements, and what follows from it."""
