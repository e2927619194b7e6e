"""What a policy page says of versions: its tables, lists and sentences as rows."""
