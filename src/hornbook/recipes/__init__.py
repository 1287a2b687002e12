"""Recipes: functions that return a pipeline. A variation calls one and replaces configs."""
