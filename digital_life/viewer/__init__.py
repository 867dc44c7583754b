"""The browser viewer: server and page."""
