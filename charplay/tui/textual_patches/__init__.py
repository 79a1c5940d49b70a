"""What leans on Textual's insides. Nothing else in charplay names a private part of Textual."""
