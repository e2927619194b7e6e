"""Container registries, by the OCI distribution API and without an account."""
