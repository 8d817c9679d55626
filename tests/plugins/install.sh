#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# install.sh MESON BUILD PLUGINS-DIR PROGRAM ELEMENT…: installs into a scratch folder, and finds the
# program, if PROGRAM is a path, and the elements there, with a plugin path only. And what README says
# about installing puts the plugins where this machine's GStreamer looks.
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

source=$GST_P2P_SOURCE_ROOT
read -ra line < <(grep '^meson setup ' "$source/README.md") || { echo "README has no line that installs"; exit 1; }
[[ ${line[2]} != build ]] || { echo "README installs from the folder of the scripts, whose prefix stays as it is"; exit 1; }
"$meson" setup "$scratch/build" "$source" "${line[@]:3}" >"$scratch/log" 2>&1 || { cat "$scratch/log"; exit 1; }
folder=$(pkg-config --variable=pluginsdir gstreamer-1.0)
"$meson" introspect --installed "$scratch/build" | grep -F "\"$folder/libgst" >/dev/null ||
  { echo "README's line does not install into $folder"; exit 1; }
