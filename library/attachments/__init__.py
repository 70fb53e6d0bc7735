"""Files that contributors add: checked, made harmless, stored outside the web root."""
