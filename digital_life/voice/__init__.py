"""Text to speech with phoneme times."""
