"""What officers see on their phones, and photos."""
