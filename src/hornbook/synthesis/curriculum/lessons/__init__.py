"""What a teacher says: a few sentences for every operation, and openings for every audience. Tables of prose."""
