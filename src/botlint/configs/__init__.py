"""Configuration: each form of it read into one kind of tree, every value with its place."""
