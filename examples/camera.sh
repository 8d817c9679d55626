#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# A camera to a window, on two machines that reach the same signaling server.
#   camera.sh show ID          at the window's end
#   camera.sh send ID          at the camera's end
# Set SIGNALING to the server's URI, for example wss://signal.example.org:8443.
set -eu
uri=${SIGNALING:-ws://127.0.0.1:8443}
case "${1:-} $#" in
"show 2")
  exec gst-launch-1.0 p2psrc signaling-uri="$uri" local-id="$2" ! decodebin ! videoconvert ! autovideosink
  ;;
"send 2")
  exec gst-launch-1.0 -e v4l2src ! videoconvert ! vp8enc deadline=1 keyframe-max-dist=120 \
    ! p2psink signaling-uri="$uri" remote-id="$2"
  ;;
*)
  echo "usage: $0 show|send ID" >&2
  exit 2
  ;;
esac
