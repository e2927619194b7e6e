"""What maintainers do by command and button: the right is checked at each call, and everything is written down."""
