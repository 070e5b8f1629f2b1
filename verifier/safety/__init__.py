"""Text from elsewhere: secrets, invisible characters, quoting."""
