"""From a source to the store: poll, confirm, plan and save in one transaction."""
