"""SocioMind: psychological state, memory, the turn, reflection."""
