#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# One picture for several viewers, who come and go; a slow one drops frames and holds up nobody.
#   viewers.sh show ID         serves up to 8 viewers, and the signaling too
#   viewers.sh watch ID        one of them
# Set SIGNALING to the server's URI.
set -eu
uri=${SIGNALING:-ws://127.0.0.1:8443}
case "${1:-} $#" in
"show 2")
  exec gst-launch-1.0 videotestsrc is-live=true pattern=ball ! vp8enc deadline=1 \
    ! p2psink signaling-uri="$uri" signaling-serve=true local-id="$2" \
      max-peers=8 leaky=downstream wait-for-connection=false
  ;;
"watch 2")
  exec gst-launch-1.0 p2psrc signaling-uri="$uri" remote-id="$2" ! decodebin ! videoconvert ! autovideosink
  ;;
*)
  echo "usage: $0 show|watch ID" >&2
  exit 2
  ;;
esac
