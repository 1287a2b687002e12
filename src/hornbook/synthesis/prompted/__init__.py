"""Textbooks and exercises by a language model: what is asked, how answers are read, and when enough is written."""
