"""What becomes of rulings: the run record, the gate, waivers, comparing."""
