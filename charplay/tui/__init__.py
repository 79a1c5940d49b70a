"""What is seen and pressed. The only room that knows Textual."""
