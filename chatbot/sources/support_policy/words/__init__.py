"""The words of policy pages, a lexicon per language: many ways to say one thing become one word."""
