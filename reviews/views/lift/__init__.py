"""Pages of lift: studies, the leads behind their figures, and the quarterly review."""
