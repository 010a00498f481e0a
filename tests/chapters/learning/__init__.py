"""Tests of learning, investment and drivers."""
