# Expected: raised, out of memory
# Makes the parser nest, from inside.
for text in ("(" * 10**5, "-" * 10**5 + "1", "a." * 10**5 + "a", "[" * 150 + "]" * 150 + "()" * 10**5):
    try:
        eval(text)
    except Exception as error:
        last = error
raise last
