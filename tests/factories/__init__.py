"""What tests are made of: prepared libraries, checking clients, honest documents and accounts."""
