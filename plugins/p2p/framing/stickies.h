/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * stickies: what pads remember of the events that passed them.
 *
 * A pad that outlives its stream remembers that stream's caps, tags and segment, and so does what
 * is linked to it. No event says "no caps", so a stream without would seem to have those of the one
 * before.
 */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

/* Makes @src, what is linked to it, and ghost pads on the way, forget events of @type
 * (%GST_EVENT_UNKNOWN: all). Elements that come after have their own memory. The thread that pushes
 * through @src, under no lock. */
void gst_p2p_framing_stickies_forget (GstPad *src, GstEventType type);

G_END_DECLS
