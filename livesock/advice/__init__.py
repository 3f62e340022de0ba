"""What an error needs to speak of the code that it stopped: the call as written, names as the reader spells them."""
