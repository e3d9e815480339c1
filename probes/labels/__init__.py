"""Labels of spans of titles: reads and checks them, per annotator, and matches them to shots."""
