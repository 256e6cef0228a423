"""What is opened and must be closed: reservations, and positions with their stops."""
