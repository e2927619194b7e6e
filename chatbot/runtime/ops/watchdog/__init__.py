"""The watchdog: a process that ends a bot whose event loop does not turn, so that a supervisor starts it again."""
