"""Tests of the Discord chat, over real sockets against the stand-in."""
