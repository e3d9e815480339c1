"""Exports of shortlists for editing systems: timelines, cut lists and a rendered reel."""
