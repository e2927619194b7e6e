"""`chatbot init`: a configuration for exactly one setup, from a few questions or from options."""
