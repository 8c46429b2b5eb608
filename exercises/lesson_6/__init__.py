"""Exercises of lesson 6, results and the alignment tax."""
