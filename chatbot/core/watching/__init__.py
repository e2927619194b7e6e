"""What rooms watch by command: its options, how it joins what the operator configured, and what a room would have got."""
