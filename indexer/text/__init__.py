"""Timed text: reads subtitles, transcribes speech, and assigns lines to shots."""
