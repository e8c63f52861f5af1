#!/usr/bin/env bash
# pip before 23.3 compares the names of extras as they are spelled. jusText 3.0.2 asks for lxml[html_clean];
# lxml 6.1.3 calls that extra html-clean. So pip 23.2.1, which Python 3.11.7 and 3.12.1 bring, installs
# jusText without lxml_html_clean, ends with 0, and `pip check` finds nothing wrong; but it can't be imported.
# pip 23.3 takes the two for one name (PEP 685).
# Needs Python 3.11 or 3.12: PYTHON=/path/to/python findings/pip-drops-an-extra.sh
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

look() {
  local python=$folder/$1/bin/python
  "${PYTHON:-python3}" -m venv "$folder/$1"
  "$python" -m pip install --quiet --disable-pip-version-check "pip==$1"
  echo "pip $1:"
  "$python" -m pip install --quiet --disable-pip-version-check jusText==3.0.2 lxml==6.1.3 2>&1 | grep -v '^$' || true
  "$python" -m pip check --disable-pip-version-check
  "$python" -c 'import justext; print("import justext: works")' 2>&1 | tail -n 2 || true
}

look 23.2.1 | tee "$folder/old"
look 23.3 | tee "$folder/new"

grep -q "does not provide the extra 'html_clean'" "$folder/old"
grep -q "No broken requirements found" "$folder/old"
grep -q "ImportError" "$folder/old" || grep -q "Install lxml\[html_clean\]" "$folder/old"
grep -q "import justext: works" "$folder/new"
