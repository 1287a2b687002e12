"""What a program knows of Python source without running it: parsing, names, parameters, and inputs for functions."""
