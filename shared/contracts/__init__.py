"""The published language: what services say to each other, and what subscribers may rely on."""
