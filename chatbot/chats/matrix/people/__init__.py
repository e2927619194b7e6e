"""People in their DMs: who may open one, who still shares a room with us, and the first word there."""
