/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * answer: what a depayloader answers to downstream's queries. Any thread, under no lock.
 */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

/* No query goes to the transport; a stream from a peer cannot seek and has no known duration.
 * @latency: in ns, if @live */
gboolean gst_p2p_framing_answer (GstPad *pad, GstQuery *query, gboolean live, GstClockTime latency);

G_END_DECLS
