"""What subscribers read: alerts, what follows them, and the words for what they subscribed to."""
