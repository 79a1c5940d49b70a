"""Shannon's guessing game: a person, a 5-gram and a network foretell the same characters of a text."""
