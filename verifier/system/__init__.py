"""What verifier takes of the machine that it runs on."""
