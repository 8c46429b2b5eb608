"""Exercises of lesson 2, supervised fine-tuning."""
