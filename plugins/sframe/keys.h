/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * keys: where an element's keys come from: its properties key, passphrase and key-file, a key
 * ring that the application gave it, or one that elements of a pipeline share in a GstContext.
 *
 * All functions: any thread. Errors are GST_P2P_ERROR_SETTINGS and never quote a key.
 */
#pragma once

#include <gst/gst.h>

#include "gst/p2p/sframe/keyring.h"

G_BEGIN_DECLS

/** GST_P2P_SFRAME_MIN_KEY: bytes; a shorter base key is guessable */
#define GST_P2P_SFRAME_MIN_KEY 16

typedef struct _GstP2pSframeKeys GstP2pSframeKeys;

/** gst_p2p_sframe_keys_new: @element, a base, owns the keys and outlives them */
GstP2pSframeKeys *gst_p2p_sframe_keys_new (GstElement *element);
void gst_p2p_sframe_keys_free (GstP2pSframeKeys *self);

/**
 * The properties. While the element is in NULL a wrong value is remembered and reported by
 * gst_p2p_sframe_keys_start(); later it is returned at once. NULL as the text takes the key back.
 */
GError *gst_p2p_sframe_keys_set_key (GstP2pSframeKeys *self, const gchar *hex);
GError *gst_p2p_sframe_keys_set_passphrase (GstP2pSframeKeys *self, const gchar *text);
GError *gst_p2p_sframe_keys_set_file (GstP2pSframeKeys *self, const gchar *path);
gchar *gst_p2p_sframe_keys_get_file (GstP2pSframeKeys *self);

/** @ring: a reference is taken; NULL for the element's own */
void gst_p2p_sframe_keys_set_ring (GstP2pSframeKeys *self, GstP2pSframeKeyring *ring);
GstP2pSframeKeyring *gst_p2p_sframe_keys_get_ring (GstP2pSframeKeys *self);

void gst_p2p_sframe_keys_set_context_type (GstP2pSframeKeys *self, const gchar *type);
gchar *gst_p2p_sframe_keys_get_context_type (GstP2pSframeKeys *self);

/** A context came from the application or the pipeline; another type is ignored */
void gst_p2p_sframe_keys_set_context (GstP2pSframeKeys *self, GstContext *context);
/** A neighbour's context query: whether it was answered */
gboolean gst_p2p_sframe_keys_answer (GstP2pSframeKeys *self, GstQuery *query);

/** NULL → READY: finds the ring and puts the properties' key into it; under no lock */
gboolean gst_p2p_sframe_keys_start (GstP2pSframeKeys *self, GError **error);
/** READY → NULL */
void gst_p2p_sframe_keys_stop (GstP2pSframeKeys *self);

G_END_DECLS
