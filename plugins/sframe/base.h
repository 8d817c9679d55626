/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * base: what sframeenc and sframedec have in common: keys, format, pads, statistics.
 *
 * One sink pad, one source pad; each buffer is a frame, and becomes one frame or nothing.
 */
#pragma once

#include <gst/gst.h>

#include "gst/p2p/sframe/sframe.h"
#include "plugins/sframe/media/caps.h"
#include "plugins/sframe/media/framepool.h"
#include "plugins/sframe/stats.h"

G_BEGIN_DECLS

#define GST_TYPE_P2P_SFRAME_BASE (gst_p2p_sframe_base_get_type ())
G_DECLARE_DERIVABLE_TYPE (GstP2pSframeBase, gst_p2p_sframe_base, GST, P2P_SFRAME_BASE, GstElement)

/**
 * GstP2pSframeBaseClass:
 * @sealing: whether frames that left are counted as "sealed", or as "opened"
 * @start: READY → PAUSED; the settings of format and keys are fixed until @stop
 * @stop: PAUSED → READY, when the pads are inactive; also after a failed start
 * @prepare: streaming thread, before a buffer or a list of buffers; may push
 * @frame: streaming thread; takes @in, and sets @out unless nothing is to leave
 * @event: streaming thread, of the sink pad: takes a serialized @event; not with passthrough
 * @unblock: (nullable): any thread; the streaming thread may be waiting, and must return soon
 * @ratchet: any thread; whether a ratchet was begun
 */
struct _GstP2pSframeBaseClass
{
  GstElementClass parent_class;

  gboolean sealing;
  gboolean (*start) (GstP2pSframeBase *self, GstP2pSframeKeyring *ring,
                     const GstP2pSframeConfig *config, GError **error);
  void (*stop) (GstP2pSframeBase *self);
  GstFlowReturn (*prepare) (GstP2pSframeBase *self);
  GstFlowReturn (*frame) (GstP2pSframeBase *self, GstBuffer *in, GstBuffer **out);
  gboolean (*event) (GstP2pSframeBase *self, GstEvent *event);
  void (*unblock) (GstP2pSframeBase *self);
  gboolean (*ratchet) (GstP2pSframeBase *self);
};

/* --- any thread --- */

/* Borrowed. */
GstPad *gst_p2p_sframe_base_get_sink_pad (GstP2pSframeBase *self);
GstPad *gst_p2p_sframe_base_get_src_pad (GstP2pSframeBase *self);

/* A reference to the key ring in use. */
GstP2pSframeKeyring *gst_p2p_sframe_base_get_ring (GstP2pSframeBase *self);

/* The property `key-id`. The serial is another after every change of it; reading that is cheap. */
guint64 gst_p2p_sframe_base_get_key_id (GstP2pSframeBase *self);
void gst_p2p_sframe_base_set_key_id (GstP2pSframeBase *self, guint64 kid);
guint gst_p2p_sframe_base_get_key_id_serial (GstP2pSframeBase *self);

/* The statistics, to be read and changed between lock and unlock, which is the OBJECT_LOCK. */
GstP2pSframeStats *gst_p2p_sframe_base_lock_stats (GstP2pSframeBase *self);
void gst_p2p_sframe_base_unlock_stats (GstP2pSframeBase *self);

/* Posts @error as the element error that fits, unless one was posted since the start. Takes it. */
void gst_p2p_sframe_base_post_error (GstP2pSframeBase *self, GError *error);

/* --- streaming thread, or under the sink pad's stream lock --- */

/* Those of the settings that are fixed while the element is PAUSED or PLAYING. */
GstP2pSframeFormat gst_p2p_sframe_base_get_format (GstP2pSframeBase *self);
gboolean gst_p2p_sframe_base_is_passthrough (GstP2pSframeBase *self);

/* What the caps said; the subclass fills it. */
GstP2pSframeMedia *gst_p2p_sframe_base_get_media (GstP2pSframeBase *self);
/* @frame becomes the frame in @buffer, which is mapped as @map, with all that is known of it. */
void gst_p2p_sframe_base_fill (GstP2pSframeBase *self, GstBuffer *buffer, const GstMapInfo *map,
                               GstP2pSframeFrame *frame);
GstP2pSframeFramePool *gst_p2p_sframe_base_get_pool (GstP2pSframeBase *self);

/* The signals of these names, under no lock but the stream lock. frame-dropped leaves out what is
 * too many per second. */
void gst_p2p_sframe_base_request_key (GstP2pSframeBase *self, guint64 kid);
void gst_p2p_sframe_base_key_changed (GstP2pSframeBase *self, guint64 kid);
void gst_p2p_sframe_base_frame_dropped (GstP2pSframeBase *self, GstP2pSframeVerdict verdict,
                                        guint64 kid);

/* Asks upstream for a key frame, if the stream is video. */
void gst_p2p_sframe_base_request_key_frame (GstP2pSframeBase *self);

G_END_DECLS
