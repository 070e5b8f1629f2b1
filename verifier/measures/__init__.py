"""Statistics over what was counted: shares and agreement, each with its interval. Pure, and knows nobody."""
