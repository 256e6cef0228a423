"""What must be there and must run, and loops that run on whatever happens."""
