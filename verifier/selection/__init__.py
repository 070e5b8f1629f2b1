"""Which files a claim needs."""
