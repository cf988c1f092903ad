"""What a person is told: choosing it, stopping it from outside, and reading how it is worded."""
