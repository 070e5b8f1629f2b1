"""From a reply to a ruling: facts, citations, absences, and the table."""
