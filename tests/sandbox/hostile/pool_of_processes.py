# Expected: raised
# Hands the work to processes of its own.
import multiprocessing

with multiprocessing.Pool(2) as pool:
    pool.map(abs, range(10))
