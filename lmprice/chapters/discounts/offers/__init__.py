"""Offers: which discount to give, compared on one workload of customers."""
