"""What passes between the stages: frozen values that know nobody."""
