"""The application package of the library of practices; see docs/application.md for its rooms."""
