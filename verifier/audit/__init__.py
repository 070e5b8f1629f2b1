"""Audit reports that other tools' models wrote: read what they say, look up what they cite."""
