"""A container registry over real sockets, as strict as a real one."""
