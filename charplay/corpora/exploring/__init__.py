"""What is in a text: searches, concordances, frequency lists, dispersion, collocates and keywords."""
