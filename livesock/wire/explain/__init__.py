"""What bytes mean, in words: each part by name, with the bits that it occupies and the section that defines it."""
