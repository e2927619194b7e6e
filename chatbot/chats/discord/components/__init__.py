"""Buttons, menus and what they carry: made from a message, laid out in rows, and read back when somebody uses them."""
