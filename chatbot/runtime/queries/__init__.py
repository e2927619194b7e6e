"""From a question to its answer: rights, reach, knowledge, and the time an answer may take."""
