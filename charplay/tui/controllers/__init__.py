"""What commands do: each controller has the commands of one theme, and calls the playground."""
