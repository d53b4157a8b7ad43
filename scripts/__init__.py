"""Tools for developers; the Space does not use them."""
