"""Guests: from a name to a runtime, and to what a program does with it."""
