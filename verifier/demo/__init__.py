"""What `verifier demo` runs on."""
