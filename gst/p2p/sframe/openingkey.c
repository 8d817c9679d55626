/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * openingkey: see openingkey.h.
 */
#include "gst/p2p/sframe/openingkey.h"

#include <string.h>

#include "gst/p2p/base/bigendian.h"

/* SSRCs that have a window of their own under one key: those of authentic frames. */
#define MAX_STREAMS 64

typedef struct
{
  /* the thread that uses the key */
  guint32 ssrc;
  GstP2pSframeIvWindow *window;
} Stream;

static void
stream_free (gpointer data)
{
  Stream *stream = data;

  gst_p2p_sframe_iv_window_free (stream->window);
  g_free (stream);
}

GstP2pSframeOpeningKey *
gst_p2p_sframe_opening_key_new (GstP2pSframeFormat format, const GstP2pSframeSuiteInfo *suite,
                                guint64 kid, GstP2pSecret *base, GstP2pSframeKeyKind kind,
                                guint replay_window)
{
  GstP2pSframeOpeningKey *self = g_new0 (GstP2pSframeOpeningKey, 1);
  GstP2pSframeFrameKey key;

  self->format = format;
  self->window_size = replay_window;
  if (gst_p2p_sframe_derive (format, suite, kid, base, kind, &key, NULL))
    self->aead = gst_p2p_sframe_aead_new (suite, key.key, FALSE, NULL);
  memcpy (self->salt, key.salt, sizeof self->salt);
  gst_p2p_sframe_frame_key_clear (&key);
  if (format == GST_P2P_SFRAME_FORMAT_SFRAME)
    self->counters = gst_p2p_sframe_replay_window_new (replay_window);
  else
    self->streams = g_ptr_array_new_with_free_func (stream_free);
  if (!self->aead)
    g_clear_pointer (&self, gst_p2p_sframe_opening_key_free);
  return self;
}

void
gst_p2p_sframe_opening_key_free (GstP2pSframeOpeningKey *self)
{
  g_clear_pointer (&self->aead, gst_p2p_sframe_aead_free);
  g_clear_pointer (&self->counters, gst_p2p_sframe_replay_window_free);
  g_clear_pointer (&self->streams, g_ptr_array_unref);
  g_free (self);
}

static GstP2pSframeVerdict
open_counted (GstP2pSframeOpeningKey *self, const GstP2pSframeSealedFrame *frame, guint8 *out)
{
  guint8 nonce[GST_P2P_SFRAME_NONCE_SIZE];

  if (!gst_p2p_sframe_replay_window_check (self->counters, frame->counter))
    return GST_P2P_SFRAME_VERDICT_REPLAY;
  gst_p2p_sframe_aead_make_nonce (self->salt, frame->counter, nonce);
  if (!gst_p2p_sframe_aead_open (self->aead, nonce, &frame->aad, frame->cipher, frame->size,
                                 frame->tag, out))
    return GST_P2P_SFRAME_VERDICT_BAD_TAG;
  gst_p2p_sframe_replay_window_commit (self->counters, frame->counter);
  return GST_P2P_SFRAME_VERDICT_OPENED;
}

static GstP2pSframeIvWindow *
find_stream (GstP2pSframeOpeningKey *self, guint32 ssrc)
{
  for (guint i = 0; i < self->streams->len; i++)
    {
      Stream *stream = g_ptr_array_index (self->streams, i);

      if (stream->ssrc == ssrc)
        {
          if (i > 0)
            g_ptr_array_insert (self->streams, 0, g_ptr_array_steal_index (self->streams, i));
          return stream->window;
        }
    }
  return NULL;
}

static GstP2pSframeIvWindow *
add_stream (GstP2pSframeOpeningKey *self, guint32 ssrc)
{
  Stream *stream = g_new0 (Stream, 1);

  if (self->streams->len == MAX_STREAMS)
    g_ptr_array_remove_index (self->streams, MAX_STREAMS - 1);
  stream->ssrc = ssrc;
  stream->window = gst_p2p_sframe_iv_window_new (self->window_size);
  g_ptr_array_insert (self->streams, 0, stream);
  return stream->window;
}

static GstP2pSframeVerdict
open_by_iv (GstP2pSframeOpeningKey *self, const GstP2pSframeSealedFrame *frame, guint8 *out)
{
  guint32 ssrc = gst_p2p_read_u32 (frame->iv);
  guint64 value = gst_p2p_read_u64 (frame->iv + 4);
  GstP2pSframeIvWindow *window = find_stream (self, ssrc);

  if (window && !gst_p2p_sframe_iv_window_check (window, value))
    return GST_P2P_SFRAME_VERDICT_REPLAY;
  if (!gst_p2p_sframe_aead_open (self->aead, frame->iv, &frame->aad, frame->cipher, frame->size,
                                 frame->tag, out))
    return GST_P2P_SFRAME_VERDICT_BAD_TAG;
  if (!window)
    window = add_stream (self, ssrc);
  gst_p2p_sframe_iv_window_commit (window, value);
  return GST_P2P_SFRAME_VERDICT_OPENED;
}

GstP2pSframeVerdict
gst_p2p_sframe_opening_key_open (GstP2pSframeOpeningKey *self, const GstP2pSframeSealedFrame *frame,
                                 guint8 *out)
{
  return self->format == GST_P2P_SFRAME_FORMAT_SFRAME ? open_counted (self, frame, out)
                                                      : open_by_iv (self, frame, out);
}
