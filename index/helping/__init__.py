"""What helps who is typing or found little: suggestions, corrections, and what is prepared for them aside."""
