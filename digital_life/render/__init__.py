"""Off-screen video."""
