"""What contributors do: write a case together, keep it safe, send it in, see what becomes of it."""
