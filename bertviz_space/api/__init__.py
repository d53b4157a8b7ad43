"""Endpoints for programs and agents, and their documentation."""
