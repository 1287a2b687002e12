# Expected: raised
# Leaves Python for a shell.
import subprocess

subprocess.run(["/bin/sh", "-c", "echo out"], check=True)
