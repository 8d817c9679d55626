#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# plugindocs.sh SOURCE PROGRAM PLUGIN…: docs/elements.md is what the elements and their comments say now.
set -euo pipefail
source=$1
shift
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
"$1" "$source" "${@:2}" >"$scratch/elements.md"
diff -u "$source/docs/elements.md" "$scratch/elements.md" ||
  { echo "FAILED: docs/elements.md is not up to date: scripts/plugindocs writes it"; exit 1; }
