"""Where the time goes between the steps of the path."""
