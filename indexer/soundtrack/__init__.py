"""What is heard in shots: speech, music and how loud it is."""
