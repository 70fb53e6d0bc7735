"""Counting what readers look for and read: no person, no address, no cookie, and no write while a page is made."""
