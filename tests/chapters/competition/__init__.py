"""Tests of the chapters on competition."""
