"""Textbooks and exercises: written by the curriculum, executed before they are believed."""
