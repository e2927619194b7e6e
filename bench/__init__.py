"""What the bot costs, beside the least it could cost: measured in the same run, printed as ratios, asserted nowhere."""
