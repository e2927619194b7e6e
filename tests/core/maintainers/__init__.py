"""What maintainers say, and what follows."""
