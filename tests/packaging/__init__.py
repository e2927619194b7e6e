"""What is shipped: the wheel, the image, and the files that start the bot on a machine of its own."""
