"""What operators see and supervise: health, logs, start reports, the service manager, the watchdog."""
