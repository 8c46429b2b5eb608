"""Exercises of lesson 1, the alignment problem."""
