"""What was filled of an order: statuses, answers, bookings, and errors that nobody hears of."""
