"""Makes and measures the two demo models under ``assets/demo_models``."""
