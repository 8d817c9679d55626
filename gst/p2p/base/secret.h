/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * secret: bytes that nobody else may see: base keys and passphrases.
 *
 * Immutable and refcounted, so that a key ring, an element and a derivation can share one copy; the
 * last reference overwrites it with zeros before the memory goes back to the allocator.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* No key or passphrase is longer, in bytes. */
#define GST_P2P_SECRET_MAX_SIZE 1024

typedef struct _GstP2pSecret GstP2pSecret;

/* Copies @size bytes, 1 to GST_P2P_SECRET_MAX_SIZE, at @data. Any thread. %NULL with
 * GST_P2P_ERROR_SETTINGS if the size is out of range. */
GstP2pSecret *gst_p2p_secret_new (const guint8 *data, gsize size, GError **error);

/* @hex: an even number of hexadecimal digits; white space after them (a file's newline) is ignored.
 * %NULL with GST_P2P_ERROR_SETTINGS; the message never quotes the digits. */
GstP2pSecret *gst_p2p_secret_new_from_hex (const gchar *hex, GError **error);

GstP2pSecret *gst_p2p_secret_ref (GstP2pSecret *self);
void gst_p2p_secret_unref (GstP2pSecret *self);

/* Owned by the secret. */
const guint8 *gst_p2p_secret_get_data (const GstP2pSecret *self);
gsize gst_p2p_secret_get_size (const GstP2pSecret *self);

/* Takes a time that depends on the sizes alone. */
gboolean gst_p2p_secret_equal (const GstP2pSecret *a, const GstP2pSecret *b);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GstP2pSecret, gst_p2p_secret_unref)

G_END_DECLS
