# Expected: wrong
# Detail: every attempt was refused
# Walks the whole tree of files and tries to open each for writing, without changing a byte should it succeed.
import os
import time

opened, looked = [], 0
start = time.process_time()
for folder, folders, files in os.walk("/"):
    if folder in ("/tmp", "/dev"):
        folders.clear()
        continue
    for name in files:
        looked += 1
        try:
            os.close(os.open(os.path.join(folder, name), os.O_WRONLY | os.O_APPEND | os.O_NOFOLLOW))
        except OSError:
            continue
        opened.append(os.path.join(folder, name))
    if time.process_time() - start > 0.15:
        break
assert looked > 100, f"saw {looked} files"
assert not opened, f"opened {opened[:5]}"
assert False, "every attempt was refused"
