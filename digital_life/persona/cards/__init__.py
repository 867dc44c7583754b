"""Character cards v2 and v3 (JSON, PNG, CHARX) in and out."""
