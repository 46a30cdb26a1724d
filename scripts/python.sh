#!/bin/sh
# Print a Python from 3.11 to 3.13 that can make virtual environments; say what to do where there is none.
right='import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))'
found=
for python in ${PYTHON:-python3 python3.13 python3.12 python3.11}; do
  command -v "$python" >/dev/null 2>&1 || continue
  "$python" -c "$right" 2>/dev/null || continue
  found=$python
  "$python" -c 'import venv, ensurepip' 2>/dev/null && { command -v "$python"; exit 0; }
done
if [ -n "$found" ]; then
  version=$("$found" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
  echo "$found cannot make virtual environments: its modules venv and ensurepip are missing." >&2
  echo "On Debian or Ubuntu: apt-get install python$version-venv (as root or by sudo), then run make again." >&2
else
  echo "Yulin needs Python 3.11, 3.12 or 3.13, and none was found." >&2
  echo "On Debian or Ubuntu: apt-get install python3 python3-venv. Or name one: make up PYTHON=/path/to/python3.13" >&2
fi
exit 1
