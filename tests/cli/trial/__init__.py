"""Tests of `chatbot try`."""
