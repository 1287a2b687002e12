"""What is known of Python source without running it: parsing, fenced code, examples, functions, inputs for them."""
