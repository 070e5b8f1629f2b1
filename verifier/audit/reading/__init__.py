"""Read the Markdown of reports: claims, verdicts, citations, absences."""
