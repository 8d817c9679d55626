#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# format.sh SOURCE: the layout of every C file is what .clang-format says, by the version of
# clang-format that it was written for: others differ in details. Exit code 77: it is not there.
set -euo pipefail
cd "$1"
version=14
for program in clang-format-$version clang-format; do
  if "$program" --version 2>/dev/null | grep -q "version $version\."; then
    find gst plugins signaling examples tests -name '*.[ch]' -print0 |
      xargs -0 "$program" --dry-run -Werror
    exit
  fi
done
echo "clang-format $version is not installed (Debian package clang-format): the layout is not checked"
exit 77
