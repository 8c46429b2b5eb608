"""Exercises of lesson 4, reinforcement learning and PPO."""
