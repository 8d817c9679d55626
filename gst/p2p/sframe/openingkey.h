/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * openingkey: one frame key that opens frames, with its windows against replay. One thread at a
 * time uses it.
 */
#pragma once

#include "gst/p2p/sframe/aead.h"
#include "gst/p2p/sframe/replaywindow.h"
#include "gst/p2p/sframe/sframe.h"

G_BEGIN_DECLS

/**
 * GstP2pSframeSealedFrame:
 * @counter: of format sframe
 * @iv: of the other formats
 *
 * A frame taken apart. Its bytes are borrowed.
 */
typedef struct
{
  guint64 kid;
  guint64 counter;
  guint8 iv[GST_P2P_SFRAME_NONCE_SIZE];
  GstP2pSframeAeadData aad;
  const guint8 *cipher;
  gsize size;
  const guint8 *tag;
} GstP2pSframeSealedFrame;

typedef struct _GstP2pSframeOpeningKey GstP2pSframeOpeningKey;

struct _GstP2pSframeOpeningKey
{
  /* const, once the owner has set it: the ratchet step of this key */
  guint64 step;

  /* const */
  GstP2pSframeFormat format;
  guint window_size;
  guint8 salt[GST_P2P_SFRAME_NONCE_SIZE];

  /* the thread that uses the object */
  GstP2pSframeAead *aead;
  GstP2pSframeReplayWindow *counters; /* of format sframe */
  GPtrArray *streams;                 /* of the others: windows by SSRC, the latest used first */
};

/* Derives the frame key from @base. %NULL if the format has no such key, or OpenSSL fails. */
GstP2pSframeOpeningKey *
gst_p2p_sframe_opening_key_new (GstP2pSframeFormat format, const GstP2pSframeSuiteInfo *suite,
                                guint64 kid, GstP2pSecret *base, GstP2pSframeKeyKind kind,
                                guint replay_window);
void gst_p2p_sframe_opening_key_free (GstP2pSframeOpeningKey *self);

/* OPENED, and then @out has frame->size bytes; BAD_TAG or REPLAY. A frame that does not open
 * changes no window. @out must not overlap the frame, so that another key can be tried. */
GstP2pSframeVerdict
gst_p2p_sframe_opening_key_open (GstP2pSframeOpeningKey *self, const GstP2pSframeSealedFrame *frame,
                                 guint8 *out);

G_END_DECLS
