/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * keys: where an element's keys come from: its properties key, passphrase and key-file, a key
 * ring that the application gave it, or one that elements of a pipeline share in a GstContext.
 *
 * All functions: any thread, without the element's OBJECT_LOCK. Errors are
 * GST_P2P_ERROR_SETTINGS, or GST_P2P_ERROR_LIMIT for a full ring, and never quote a key.
 */
#pragma once

#include <gst/gst.h>

#include "gst/p2p/sframe/keyring.h"

G_BEGIN_DECLS

/* Bytes of a base key: a shorter one is guessable. */
#define GST_P2P_SFRAME_MIN_KEY 16

/* The type of GstContext that is looked into while `keyring-context` names no other. */
#define GST_P2P_SFRAME_CONTEXT "gst.p2p.keyring"

typedef struct _GstP2pSframeKeys GstP2pSframeKeys;

/* @element owns the keys and the pads, and outlives the keys; the neighbours on the pads are asked
 * for a key ring. */
GstP2pSframeKeys *gst_p2p_sframe_keys_new (GstElement *element, GstPad *sinkpad, GstPad *srcpad);
void gst_p2p_sframe_keys_free (GstP2pSframeKeys *self);

/* The properties. Before start() a wrong value is remembered, for start() to report; later the
 * value is installed under the key id @kid, and what is wrong is returned. %NULL takes a value
 * back, but not out of the ring. */
GError *gst_p2p_sframe_keys_set_key (GstP2pSframeKeys *self, guint64 kid, const gchar *hex);
GError *gst_p2p_sframe_keys_set_passphrase (GstP2pSframeKeys *self, guint64 kid, const gchar *text);
GError *gst_p2p_sframe_keys_set_file (GstP2pSframeKeys *self, guint64 kid, const gchar *path);
gchar *gst_p2p_sframe_keys_get_file (GstP2pSframeKeys *self);

/* The ring in use is never %NULL: without another it is one of the element's own. The setter takes
 * a reference, the getter returns one. */
void gst_p2p_sframe_keys_set_ring (GstP2pSframeKeys *self, GstP2pSframeKeyring *ring);
GstP2pSframeKeyring *gst_p2p_sframe_keys_get_ring (GstP2pSframeKeys *self);

void gst_p2p_sframe_keys_set_context_type (GstP2pSframeKeys *self, const gchar *type);
gchar *gst_p2p_sframe_keys_get_context_type (GstP2pSframeKeys *self);

/* A context came from the application or the pipeline. Of another type it is ignored. */
void gst_p2p_sframe_keys_set_context (GstP2pSframeKeys *self, GstContext *context);
/* Answers a neighbour's context query, if it asks for the ring. */
gboolean gst_p2p_sframe_keys_answer (GstP2pSframeKeys *self, GstQuery *query);

/* NULL → READY: looks for a shared ring, if `keyring-context` is set and no ring was given; asks
 * the neighbours, the pipeline and the application, and offers the own one if nobody has any. */
void gst_p2p_sframe_keys_find_ring (GstP2pSframeKeys *self);
/* NULL → READY, then: puts the properties' key into the ring under the key id @kid. */
gboolean gst_p2p_sframe_keys_start (GstP2pSframeKeys *self, guint64 kid, GError **error);
/* READY → NULL, or after a failed start. */
void gst_p2p_sframe_keys_stop (GstP2pSframeKeys *self);

G_END_DECLS
