"""What the catalogue shows of one title: its shots and clips, its time line, its pictures."""
