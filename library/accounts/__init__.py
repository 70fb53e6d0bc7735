"""People who sign in: sessions on the server, sign-in, their account."""
