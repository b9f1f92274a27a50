"""What the values say, on the real engine, of models that the rules are held against."""
