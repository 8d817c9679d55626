#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# env.sh MESON SOURCE BUILD ELEMENT…: scripts/env finds the elements of the build folder, from wherever it is
# called, sets what meson devenv sets, keeps what the caller has set, and becomes the command.
set -euo pipefail
meson=$1 source=$2
export BUILD=$3
shift 3
fail() { echo "FAILED: $*"; exit 1; }
variables='printf "%s\n" "$GST_PLUGIN_PATH_1_0" "$GST_REGISTRY_1_0"; command -v gst-p2p-signaling || true'

cd /
unset GST_PLUGIN_PATH_1_0 GST_PLUGIN_SYSTEM_PATH_1_0 GST_REGISTRY_1_0 GST_REGISTRY_FORK GST_TRACERS
for element; do
  "$source/scripts/env" gst-inspect-1.0 "$element" | grep -F "$BUILD/" || fail "$element is not the build's"
done

ours=$("$source/scripts/env" sh -c "$variables")
theirs=$("$meson" devenv -C "$BUILD" sh -c "$variables")
[ "$ours" = "$theirs" ] || fail "scripts/env sets $ours; meson devenv sets $theirs"

kept=$(GST_PLUGIN_PATH_1_0=/mine "$source/scripts/env" sh -c 'printf %s "$GST_PLUGIN_PATH_1_0"')
[[ $kept == *:/mine && $kept != *::* ]] || fail "the caller's path is lost: $kept"

read -rd '' -a pids < <(sh -c 'echo $$; exec "$0" sh -c "echo \$\$"' "$source/scripts/env") || true
[ "${pids[0]}" = "${pids[1]}" ] || fail "the command is a child: ${pids[*]}"

# By a path from the caller's folder.
cd "$source/scripts"
[ "$(../scripts/env pwd)" = "$source/scripts" ] || fail "the command runs in another folder"
