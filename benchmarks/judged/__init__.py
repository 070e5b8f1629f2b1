"""Claims about published packages whose truth is known: what proves each label, and a driver that judges them."""
