"""What requests take: tokens, counts that are kept, prices."""
