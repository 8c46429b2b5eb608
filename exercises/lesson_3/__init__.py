"""Exercises of lesson 3, reward modeling."""
