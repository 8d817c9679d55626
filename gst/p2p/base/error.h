/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * error: the one GError domain of the project.
 *
 * Inner layers return these; the element at the top turns a code into the GStreamer domain and code
 * that an application sees, and posts it once. A message is a sentence that a user can act on.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define GST_P2P_ERROR (gst_p2p_error_quark ())

/**
 * GstP2pError:
 * @GST_P2P_ERROR_INVALID: input that breaks the protocol: truncated, contradictory, not parseable
 * @GST_P2P_ERROR_LIMIT: input over a stated limit; the message names the limit
 * @GST_P2P_ERROR_UNSENDABLE: what this end's own pipeline sends cannot go to a peer
 * @GST_P2P_ERROR_SETTINGS: a property or argument that cannot work
 * @GST_P2P_ERROR_SIGNALING: the signaling server cannot be reached, or went away for good
 * @GST_P2P_ERROR_NOT_FOUND: nobody is bound under the called id
 * @GST_P2P_ERROR_ID_TAKEN: the id to bind belongs to another living client
 * @GST_P2P_ERROR_UNAUTHORIZED: bad token, TLS name or certificate mismatch, refused by the peer
 * @GST_P2P_ERROR_FINGERPRINT: the peer's certificate is not the signaled or pinned one
 * @GST_P2P_ERROR_BUSY: the called peer has no room for another connection
 * @GST_P2P_ERROR_NO_PATH: ICE found no working candidate pair
 * @GST_P2P_ERROR_TIMEOUT: a state of the connection lasted longer than its deadline
 * @GST_P2P_ERROR_LOST: an open connection ended without a goodbye
 * @GST_P2P_ERROR_TRUNCATED: a sender said goodbye before the end of its stream
 * @GST_P2P_ERROR_CRYPTO: a cryptographic operation failed
 * @GST_P2P_ERROR_FAILED: anything else
 */
typedef enum
{
  GST_P2P_ERROR_INVALID,
  GST_P2P_ERROR_LIMIT,
  GST_P2P_ERROR_UNSENDABLE,
  GST_P2P_ERROR_SETTINGS,
  GST_P2P_ERROR_SIGNALING,
  GST_P2P_ERROR_NOT_FOUND,
  GST_P2P_ERROR_ID_TAKEN,
  GST_P2P_ERROR_UNAUTHORIZED,
  GST_P2P_ERROR_FINGERPRINT,
  GST_P2P_ERROR_BUSY,
  GST_P2P_ERROR_NO_PATH,
  GST_P2P_ERROR_TIMEOUT,
  GST_P2P_ERROR_LOST,
  GST_P2P_ERROR_TRUNCATED,
  GST_P2P_ERROR_CRYPTO,
  GST_P2P_ERROR_FAILED,
} GstP2pError;

GQuark gst_p2p_error_quark (void);

/* A word for programs: "no-path" of GST_P2P_ERROR_NO_PATH, and so on; "failed" of what is none. */
const gchar *gst_p2p_error_get_name (GstP2pError code);

G_END_DECLS
