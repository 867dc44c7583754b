"""Motion: the one motion type, its skeleton, kinematics and files."""
