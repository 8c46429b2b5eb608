"""Exercises of lesson 5, the KL penalty and the pretraining mix."""
