"""Answers requests: one bounded queue, cancellation, results that are kept, and their folders."""
