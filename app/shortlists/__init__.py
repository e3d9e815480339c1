"""Shortlists: named lists of spans that editors collect, order, trim and export."""
