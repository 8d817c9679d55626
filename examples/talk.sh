#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Two people talk: microphone and loudspeaker at both ends, both directions on one connection.
#   talk.sh wait NAME          to be called as NAME
#   talk.sh call NAME          to call NAME
# Set SIGNALING to the server's URI.
set -eu
uri=${SIGNALING:-ws://127.0.0.1:8443}
case "${1:-} $#" in
"wait 2") id="local-id=$2" ;;
"call 2") id="remote-id=$2" ;;
*)
  echo "usage: $0 wait|call NAME" >&2
  exit 2
  ;;
esac
exec gst-launch-1.0 p2pbin name=p signaling-uri="$uri" "$id" latency=60 \
  autoaudiosrc ! audioconvert ! audioresample ! opusenc frame-size=10 ! p. \
  p. ! opusdec plc=true ! audioconvert ! audioresample ! autoaudiosink
