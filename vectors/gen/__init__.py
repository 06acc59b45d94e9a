"""Generators of the known-answer files. They share no code with the crates."""
