"""Sessions: a program's life and a prompt's; every front end uses them."""
