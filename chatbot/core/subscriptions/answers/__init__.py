"""What people who subscribe are answered: cards, the confirmation, lists, reactions, and why something can't be done."""
