"""What people subscribe to, and how alerts reach them."""
