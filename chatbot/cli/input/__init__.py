"""What commands are given: files and what is in them, read within bounds."""
