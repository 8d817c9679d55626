/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * report: see report.h.
 */
#include "plugins/p2p/element/report.h"

#include "gst/p2p/base/error.h"
#include "plugins/p2p/base/log.h"

#define GST_CAT_DEFAULT gst_p2p_debug

static void
translate (const GError *error, GQuark *domain, gint *code)
{
  *domain = GST_RESOURCE_ERROR;
  *code = GST_RESOURCE_ERROR_FAILED;
  if (error->domain != GST_P2P_ERROR)
    return;

  switch ((GstP2pError)error->code)
    {
    case GST_P2P_ERROR_INVALID:
    case GST_P2P_ERROR_LIMIT:
      *domain = GST_STREAM_ERROR;
      *code = GST_STREAM_ERROR_DECODE;
      break;
    case GST_P2P_ERROR_UNSENDABLE:
      *domain = GST_STREAM_ERROR;
      *code = GST_STREAM_ERROR_FORMAT;
      break;
    case GST_P2P_ERROR_SETTINGS:
      *code = GST_RESOURCE_ERROR_SETTINGS;
      break;
    case GST_P2P_ERROR_NOT_FOUND:
      *code = GST_RESOURCE_ERROR_NOT_FOUND;
      break;
    case GST_P2P_ERROR_ID_TAKEN:
    case GST_P2P_ERROR_BUSY:
      *code = GST_RESOURCE_ERROR_BUSY;
      break;
    case GST_P2P_ERROR_UNAUTHORIZED:
    case GST_P2P_ERROR_FINGERPRINT:
      *code = GST_RESOURCE_ERROR_NOT_AUTHORIZED;
      break;
    case GST_P2P_ERROR_SIGNALING:
    case GST_P2P_ERROR_NO_PATH:
    case GST_P2P_ERROR_TIMEOUT:
    case GST_P2P_ERROR_LOST:
    case GST_P2P_ERROR_TRUNCATED:
      *code = GST_RESOURCE_ERROR_OPEN_READ_WRITE;
      break;
    case GST_P2P_ERROR_CRYPTO:
    case GST_P2P_ERROR_FAILED:
      break;
    }
}

static void
report (GstElement *element, GstMessageType type, const GError *error)
{
  const gchar *cause = gst_p2p_error_get_name (
      error->domain == GST_P2P_ERROR ? (GstP2pError)error->code : GST_P2P_ERROR_FAILED);
  GQuark domain;
  gint code;

  translate (error, &domain, &code);
  gst_element_message_full_with_details (
      element, type, domain, code, g_strdup (error->message), g_strdup_printf ("cause: %s", cause),
      __FILE__, G_STRFUNC, __LINE__,
      gst_structure_new ("details", "cause", G_TYPE_STRING, cause, NULL));
}

void
gst_p2p_report_error (const GError *error, gpointer element)
{
  report (element, GST_MESSAGE_ERROR, error);
}

void
gst_p2p_report_warning (const GError *error, gpointer element)
{
  report (element, GST_MESSAGE_WARNING, error);
}

/* gst-launch-1.0 prints of an info the debug text alone, so that has everything. */
void
gst_p2p_report_waiting (const gchar *id, const gchar *uri, gpointer element)
{
  GST_ELEMENT_INFO_WITH_DETAILS (
      element, RESOURCE, SETTINGS, ("Waiting to be called as \"%s\" at %s", id, uri),
      ("Waiting to be called as \"%s\" at %s: the other end needs remote-id=%s", id, uri, id),
      ("id", G_TYPE_STRING, id, "signaling-uri", G_TYPE_STRING, uri, NULL));
}

void
gst_p2p_report_found (const gchar *uri, gpointer element)
{
  GST_ELEMENT_INFO_WITH_DETAILS (
      element, RESOURCE, OPEN_READ_WRITE, ("The signaling server %s is there", uri),
      ("The signaling server %s is there", uri), ("signaling-uri", G_TYPE_STRING, uri, NULL));
}

void
gst_p2p_report_own_thread (gpointer element)
{
  gst_element_message_full_with_details (
      element, GST_MESSAGE_ERROR, GST_CORE_ERROR, GST_CORE_ERROR_STATE_CHANGE,
      g_strdup (
          "The state cannot go below PAUSED in a handler that runs on a thread of the element "
          "itself, since the element waits for its threads to end; use "
          "gst_element_call_async(), or a bus watch"),
      g_strdup ("cause: own-thread"), __FILE__, G_STRFUNC, __LINE__,
      gst_structure_new ("details", "cause", G_TYPE_STRING, "own-thread", NULL));
}

/* --- signals --- */

enum
{
  SIGNAL_PEER_CONNECTED,
  SIGNAL_PEER_DISCONNECTED,
  SIGNAL_ACCEPT_PEER,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

void
gst_p2p_report_install_signals (gpointer klass)
{
  GType type = G_TYPE_FROM_CLASS (klass);

  /**
   * GstP2pBaseBin::peer-connected:
   * @id: the peer's id
   * @fingerprint: of its certificate, verified
   *
   * A connection is open. On the element's thread for handlers: the state may be changed, also to
   * NULL. Return soon, since everything but streaming waits.
   */
  signals[SIGNAL_PEER_CONNECTED]
      = g_signal_new ("peer-connected", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE,
                      2, G_TYPE_STRING, G_TYPE_STRING);
  /**
   * GstP2pBaseBin::peer-disconnected:
   * @id: the peer's id
   * @reason: a word: "bye", "eos", "lost", "error", …
   *
   * A connection that was open is over. On the element's thread for handlers, as peer-connected.
   */
  signals[SIGNAL_PEER_DISCONNECTED]
      = g_signal_new ("peer-disconnected", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                      G_TYPE_NONE, 2, G_TYPE_STRING, G_TYPE_STRING);
  /**
   * GstP2pBaseBin::accept-peer:
   * @id: the caller's id, as the signaling server vouches for it
   * @fingerprint: of the certificate that it will have to prove
   *
   * Somebody calls. On the element's thread for handlers, as peer-connected. Returns: whether to
   * answer; without a handler every call is answered.
   */
  signals[SIGNAL_ACCEPT_PEER]
      = g_signal_new ("accept-peer", type, G_SIGNAL_RUN_LAST, 0, g_signal_accumulator_first_wins,
                      NULL, NULL, G_TYPE_BOOLEAN, 2, G_TYPE_STRING, G_TYPE_STRING);
}

gboolean
gst_p2p_report_ask_accept (const gchar *id, const gchar *fingerprint, gpointer element)
{
  gboolean accept = TRUE;

  if (g_signal_has_handler_pending (element, signals[SIGNAL_ACCEPT_PEER], 0, FALSE))
    g_signal_emit (element, signals[SIGNAL_ACCEPT_PEER], 0, id, fingerprint, &accept);
  return accept;
}

void
gst_p2p_report_connected (const gchar *id, const gchar *fingerprint, const GstStructure *stats,
                          gpointer element)
{
  GstStructure *facts = gst_structure_copy (stats);

  gst_structure_set_name (facts, "peer-connected");
  gst_structure_remove_field (facts, "channels");
  gst_structure_set (facts, "id", G_TYPE_STRING, id, "fingerprint", G_TYPE_STRING, fingerprint,
                     NULL);
  g_signal_emit (element, signals[SIGNAL_PEER_CONNECTED], 0, id, fingerprint);
  gst_element_post_message (element, gst_message_new_element (GST_OBJECT (element), facts));
}

void
gst_p2p_report_disconnected (const gchar *id, const gchar *reason, gpointer element)
{
  GstStructure *facts = gst_structure_new ("peer-disconnected", "id", G_TYPE_STRING, id, "reason",
                                           G_TYPE_STRING, reason, NULL);

  g_signal_emit (element, signals[SIGNAL_PEER_DISCONNECTED], 0, id, reason);
  gst_element_post_message (element, gst_message_new_element (GST_OBJECT (element), facts));
}
