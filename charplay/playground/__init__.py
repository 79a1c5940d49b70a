"""One sitting without a screen: what is chosen, what trains, who writes. Knows neither Textual nor torch."""
