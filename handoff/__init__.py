"""The agreement both teams signed, and the wiring."""
