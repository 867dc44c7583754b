"""Language models behind one chat interface, and sentence embeddings."""
