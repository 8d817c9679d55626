/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * origin: what the streams of one sender share: whether what they carry is live, and how often
 * their running time has begun anew, which tells receivers that what they know of it is void.
 *
 * Refcounted, a boxed type; any thread.
 */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

#define GST_TYPE_P2P_FRAMING_ORIGIN (gst_p2p_framing_origin_get_type ())
GType gst_p2p_framing_origin_get_type (void);

typedef struct _GstP2pFramingOrigin GstP2pFramingOrigin;

GstP2pFramingOrigin *gst_p2p_framing_origin_new (void);
GstP2pFramingOrigin *gst_p2p_framing_origin_ref (GstP2pFramingOrigin *origin);
void gst_p2p_framing_origin_unref (GstP2pFramingOrigin *origin);

/* Running time was still and goes on, or has another base: PAUSED→PLAYING. */
void gst_p2p_framing_origin_begin_anew (GstP2pFramingOrigin *origin);
/* @flush_stop: of a stream. Those of one seek, in all streams, are one beginning; TRUE: this is the
 * first of them. */
gboolean gst_p2p_framing_origin_take_flush (GstP2pFramingOrigin *origin, GstEvent *flush_stop);
/* How often it has begun anew; wraps. */
guint16 gst_p2p_framing_origin_get_timeline (GstP2pFramingOrigin *origin);

/* @live: whether the upstream of any stream is live, so that buffers are sent when it is their time
 * and not before. */
void gst_p2p_framing_origin_set_live (GstP2pFramingOrigin *origin, gboolean live);
gboolean gst_p2p_framing_origin_is_live (GstP2pFramingOrigin *origin);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GstP2pFramingOrigin, gst_p2p_framing_origin_unref)

G_END_DECLS
