#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# install.sh MESON BUILD PLUGINS-DIR PROGRAM ELEMENT…: installs into a scratch folder, and finds the
# program, if PROGRAM is a path, and the elements there, with a plugin path only.
set -euo pipefail
meson=$1 build=$2 plugins=$3 program=$4
shift 4
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
"$meson" install -C "$build" --no-rebuild --quiet --destdir "$scratch"
export GST_PLUGIN_PATH_1_0=$scratch$plugins GST_REGISTRY_1_0=$scratch/registry.bin
for element; do
  gst-inspect-1.0 "$element" | grep -F "$scratch" || { echo "$element is not found in $scratch$plugins"; exit 1; }
done
[[ $program != /* ]] || "$scratch$program" --help >/dev/null
