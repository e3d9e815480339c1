"""Text on screen: titles, cards, signs, credits and burned-in subtitles, read off the stills."""
