#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# features.sh MESON SOURCE: each of the two plugins can be left out, tests included; and the plugin
# sframe builds and loads where nothing of what the other one needs is installed.
set -euo pipefail
meson=$1 source=$2
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

# What pkg-config finds here, but for what "p2p" alone needs.
mkdir "$scratch/pkgconfig"
IFS=: read -ra folders <<<"${PKG_CONFIG_PATH:-}:$(pkg-config --variable pc_path pkg-config)"
for folder in "${folders[@]}"; do
  for file in "$folder"/*.pc; do
    case ${file##*/} in
      nice.pc | usrsctp.pc | libsoup-*.pc | json-glib-*.pc | libssl.pc | openssl.pc | gstreamer-sctp-*.pc) ;;
      *) [ -e "$scratch/pkgconfig/${file##*/}" ] || [ ! -e "$file" ] || ln -s "$file" "$scratch/pkgconfig/" ;;
    esac
  done
done

run() { "$@" >"$scratch/log" 2>&1 || { cat "$scratch/log"; echo "FAILED: $*"; exit 1; }; }

run "$meson" setup "$scratch/p2p" "$source" -Dsframe=disabled
run env -u PKG_CONFIG_PATH PKG_CONFIG_LIBDIR="$scratch/pkgconfig" \
  "$meson" setup "$scratch/sframe" "$source" -Dp2p=disabled -Dwerror=true -Doptimization=0
run "$meson" compile -C "$scratch/sframe" gstsframe
export GST_PLUGIN_PATH_1_0=$scratch/sframe/plugins GST_REGISTRY_1_0=$scratch/registry.bin
run gst-inspect-1.0 sframeenc
grep -F "$scratch" "$scratch/log"
