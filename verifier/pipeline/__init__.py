"""Carry claims through every stage: the only place that calls them.

facts, select, pack, render, ask, parse, ground and search, rule; and again where the model lacked something
"""
