#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# A file, byte by byte, to another machine.
#   file.sh get ID FILE        waits, and writes FILE
#   file.sh put ID FILE        sends FILE; ends when the other end has all of it
# Set SIGNALING to the server's URI.
set -eu
uri=${SIGNALING:-ws://127.0.0.1:8443}
case "${1:-} $#" in
"get 3")
  exec gst-launch-1.0 p2psrc signaling-uri="$uri" local-id="$2" is-live=false ! filesink location="$3"
  ;;
"put 3")
  exec gst-launch-1.0 filesrc location="$3" blocksize=65536 ! p2psink signaling-uri="$uri" remote-id="$2"
  ;;
*)
  echo "usage: $0 get|put ID FILE" >&2
  exit 2
  ;;
esac
