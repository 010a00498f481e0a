"""What tokens cost: to buy, to serve, to train a model for."""
