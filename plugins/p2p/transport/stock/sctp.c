/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * sctp: the SCTP part of the bin: sctpdec and sctpenc, and the gates around them.
 *
 * Calls from sctpdec and its association come with the association's mutex held, so nothing is sent
 * in them.
 */
#include "plugins/p2p/transport/stock/private.h"

#include "gst/p2p/base/error.h"
#include "gst/p2p/base/timer.h"
#include "plugins/p2p/base/log.h"

#define GST_CAT_DEFAULT gst_p2p_stock_debug

#define ASSOCIATION_ATTEMPTS 64

/* --- what the intake asks for; jobs --- */

static void
on_release (GstBuffer *packet, gpointer user_data)
{
  GstP2pStockBin *self = user_data;

  gst_p2p_stock_gate_push (self->gate_up, packet);
}

static void
on_over (gpointer user_data)
{
  GstP2pStockBin *self = user_data;

  gst_p2p_stock_channels_end (self->channels);
}

/* Takes @packet. */
static void
send_packet (GstP2pStockBin *self, GBytes *packet)
{
  if (!packet)
    return;
  gst_p2p_stock_gate_push (self->gate_down, gst_buffer_new_wrapped_bytes (packet));
  g_bytes_unref (packet);
}

/* Tells the peer that there is room again. */
static void
on_reopen (gpointer user_data)
{
  GstP2pStockBin *self = user_data;

  send_packet (self, gst_p2p_stock_monitor_new_window_update (
                         self->monitor, gst_p2p_stock_intake_get_window (self->intake)));
}

static const GstP2pStockIntakeFuncs intake_funcs = { on_release, on_over, on_reopen };

/* This is no job: the thread for those may be waiting for room in SCTP's buffer. */
void
gst_p2p_stock_sctp_ask (GstP2pStockBin *self)
{
  send_packet (self, gst_p2p_stock_monitor_new_heartbeat (self->monitor));
}

void
gst_p2p_stock_peer_closed (GstP2pStockBin *self)
{
  if (gst_p2p_stock_reporter_set_peer_closed (self->reporter))
    gst_p2p_stock_intake_end (self->intake);
}

/* --- sctpdec and sctpenc --- */

static void
on_sctpdec_pad_added (GstElement *sctpdec, GstPad *pad, GstP2pStockBin *self)
{
  if (GST_PAD_IS_SRC (pad))
    gst_p2p_stock_channels_add_input (self->channels, pad);
}

/* The peer has reset the stream, or sctpdec goes down. */
static void
on_sctpdec_pad_removed (GstElement *sctpdec, GstPad *pad, GstP2pStockBin *self)
{
  if (GST_PAD_IS_SRC (pad) && !gst_p2p_stock_reporter_is_stopping (self->reporter))
    gst_p2p_stock_channels_remove_input (self->channels, pad);
}

static void
on_sctpenc_established (GstElement *sctpenc, gboolean established, GstP2pStockBin *self)
{
  if (established)
    {
      g_atomic_int_set (&self->sctp_up, TRUE);
      gst_p2p_stock_repeater_finish (self->sctp_repeater);
      gst_p2p_liveness_watch (self->liveness);
      gst_p2p_stock_reporter_post_peer (self->reporter, GST_P2P_PEER_EVENT_SCTP_ESTABLISHED, NULL);
    }
  else if (!gst_p2p_stock_reporter_is_stopping (self->reporter))
    gst_p2p_stock_peer_closed (self);
}

/* --- the gates --- */

static void
take_answers (GstP2pStockBin *self)
{
  GstP2pStreamFact fact;
  guint16 stream;

  while (gst_p2p_stock_monitor_take_answer (self->monitor, &stream, &fact))
    gst_p2p_stock_channels_answer (self->channels, stream, fact);
}

/* dtlsdec → sctpdec */
GstBuffer *
gst_p2p_stock_on_packet_up (GstP2pStockGate *gate, GstBuffer *packet, gpointer data)
{
  GstP2pStockBin *self = data;
  g_autoptr (GError) error = NULL;
  GstP2pStockVerdict verdict = GST_P2P_STOCK_DROP;
  guint32 acked;
  GstMapInfo map;

  gst_p2p_liveness_heard (self->liveness);
  gst_p2p_stock_handshake_finish (self->handshake);
  if (!gst_p2p_stock_reporter_is_peer_closed (self->reporter)
      && gst_buffer_map (packet, &map, GST_MAP_READ))
    {
      verdict = gst_p2p_stock_monitor_incoming (self->monitor, map.data, map.size, &error);
      gst_buffer_unmap (packet, &map);
      take_answers (self);
      if (gst_p2p_stock_monitor_get_acked (self->monitor, &acked))
        gst_p2p_stock_tail_acked (self->tail, acked);
    }
  switch (verdict)
    {
    case GST_P2P_STOCK_PASS:
      return packet;
    case GST_P2P_STOCK_HOLD:
      gst_p2p_stock_intake_hold (self->intake, packet);
      return NULL;
    case GST_P2P_STOCK_CLOSED:
      gst_p2p_stock_peer_closed (self);
      break;
    case GST_P2P_STOCK_REFUSE:
      gst_p2p_stock_reporter_fail (self->reporter, error->code, "%s", error->message);
      gst_p2p_stock_reporter_set_peer_closed (self->reporter);
      break;
    case GST_P2P_STOCK_DROP:
      break;
    }
  gst_buffer_unref (packet);
  return NULL;
}

/* sctpenc → dtlsenc. After stop() only the ABORT passes, and close_notify follows it. */
GstBuffer *
gst_p2p_stock_on_packet_down (GstP2pStockGate *gate, GstBuffer *packet, gpointer data)
{
  GstP2pStockBin *self = data;
  gboolean stopping = gst_p2p_stock_reporter_is_stopping (self->reporter);
  guint32 window = gst_p2p_stock_intake_get_window (self->intake);
  GstP2pStockOutgoing outgoing = { FALSE };
  gboolean limit = FALSE;
  GstMapInfo map;

  if (gst_buffer_map (packet, &map, GST_MAP_READ))
    {
      limit = gst_p2p_stock_needs_limit (map.data, map.size, window);
      gst_buffer_unmap (packet, &map);
    }
  if (limit)
    {
      packet = gst_buffer_make_writable (packet);
      gst_p2p_stock_intake_limit (self->intake);
    }
  if (gst_buffer_map (packet, &map, limit ? GST_MAP_READWRITE : GST_MAP_READ))
    {
      gst_p2p_stock_monitor_outgoing (self->monitor, map.data, map.size,
                                      limit ? window : G_MAXUINT32, &outgoing);
      gst_buffer_unmap (packet, &map);
    }
  if (outgoing.opens)
    gst_p2p_stock_repeater_keep (self->sctp_repeater, packet);
  if (outgoing.gives_up)
    gst_p2p_stock_tail_given_up (self->tail, packet, outgoing.given_up_tsn);
  if (outgoing.has_data)
    gst_p2p_stock_tail_sent (self->tail, packet, outgoing.last_tsn);
  if (!stopping)
    return packet;
  if (!outgoing.aborts)
    {
      gst_buffer_unref (packet);
      return NULL;
    }
  gst_p2p_stock_gate_push (gate, packet);
  gst_p2p_stock_gate_finish (gate);
  return NULL;
}

/* --- the association --- */

/* Ids are shared with all other users of sctpenc in the process: if one is taken, the state change
 * fails. */
static gboolean
claim_association (GstP2pStockBin *self)
{
  static gint last;
  guint i;

  for (i = 0; i < ASSOCIATION_ATTEMPTS; i++)
    {
      guint id = (guint)g_atomic_int_add (&last, 1) % 65535 + 1;

      g_object_set (self->sctpdec, "sctp-association-id", id, NULL);
      g_object_set (self->sctpenc, "sctp-association-id", id, NULL);
      if (gst_element_set_state (self->sctpdec, GST_STATE_PLAYING) != GST_STATE_CHANGE_FAILURE
          && gst_element_set_state (self->sctpenc, GST_STATE_PLAYING) != GST_STATE_CHANGE_FAILURE)
        return TRUE;
      GST_DEBUG_OBJECT (self, "SCTP association %u is taken", id);
      gst_element_set_state (self->sctpenc, GST_STATE_NULL);
      gst_element_set_state (self->sctpdec, GST_STATE_NULL);
    }
  return FALSE;
}

gboolean
gst_p2p_stock_sctp_start (GstP2pStockBin *self, GError **error)
{
  GstElement *sctpdec = gst_element_factory_make ("sctpdec", "sctpdec");
  GstElement *sctpenc = gst_element_factory_make ("sctpenc", "sctpenc");

  gst_bin_add (GST_BIN (self), sctpdec);
  gst_bin_add (GST_BIN (self), sctpenc);
  self->sctpdec = sctpdec;
  self->sctpenc = sctpenc;
  g_object_set (sctpdec, "local-sctp-port", GST_P2P_DEFAULT_SCTP_PORT, NULL);
  g_object_set (sctpenc, "remote-sctp-port", gst_p2p_description_get_sctp_port (self->remote),
                "use-sock-stream", TRUE, NULL);
  g_signal_connect (sctpdec, "pad-added", G_CALLBACK (on_sctpdec_pad_added), self);
  g_signal_connect (sctpdec, "pad-removed", G_CALLBACK (on_sctpdec_pad_removed), self);
  g_signal_connect (sctpenc, "sctp-association-established", G_CALLBACK (on_sctpenc_established),
                    self);
  gst_element_link_pads (GST_ELEMENT (self->gate_up), "src", sctpdec, "sink");
  gst_element_link_pads (sctpenc, "src", GST_ELEMENT (self->gate_down), "sink");
  if (!claim_association (self))
    {
      g_set_error_literal (error, GST_P2P_ERROR, GST_P2P_ERROR_FAILED,
                           "no SCTP association could be made");
      return FALSE;
    }
  gst_p2p_stock_channels_start (self->channels, sctpenc, self->remote);
  /* The gate opens only now: before the end of sctpenc's state change, a fast answer to its INIT
   * would find an association that is not connecting yet, and would never connect. */
  gst_p2p_stock_gate_open (self->gate_up);
  return TRUE;
}

gboolean
gst_p2p_stock_sctp_abort (GstP2pStockBin *self)
{
  if (!self->sctpenc)
    return FALSE;
  gst_p2p_stock_gate_close (self->gate_up);
  gst_p2p_stock_channels_close (self->channels);
  /* closes the socket, which sends ABORT through sctpenc */
  gst_element_set_state (self->sctpdec, GST_STATE_NULL);
  return g_atomic_int_get (&self->sctp_up);
}

void
gst_p2p_stock_sctp_shut (GstP2pStockBin *self)
{
  gst_p2p_stock_sctp_abort (self);
  if (self->sctpenc)
    gst_element_set_state (self->sctpenc, GST_STATE_NULL);
  gst_p2p_stock_jobs_stop (self->jobs);
  gst_p2p_stock_channels_shut (self->channels);
}

/* The packet becomes a new DTLS record, so DTLS does not take it for a repetition; SCTP knows
 * duplicates by their tags and its state (RFC 9260 section 5.2). */
static void
repeat_packet (GstBuffer *packet, gpointer data)
{
  GstP2pStockBin *self = data;

  gst_p2p_stock_gate_push (self->gate_down, packet);
}

void
gst_p2p_stock_sctp_init (GstP2pStockBin *self)
{
  /* INIT, and later COOKIE ECHO in its place */
  self->sctp_repeater = gst_p2p_stock_repeater_new (self->context, 1, repeat_packet, self);
  self->tail = gst_p2p_stock_tail_new (self->context, repeat_packet, self);
  self->monitor = gst_p2p_stock_monitor_new (GST_P2P_MAX_STREAM, GST_P2P_MAX_STREAMS_IN_USE);
  self->jobs = gst_p2p_stock_jobs_new ();
  self->intake = gst_p2p_stock_intake_new (self, self->context, self->jobs, self->monitor,
                                           &intake_funcs, self);
  self->channels = gst_p2p_stock_channels_new (GST_BIN (self), self->context, self->reporter,
                                               self->jobs, self->intake);
}

void
gst_p2p_stock_sctp_clear (GstP2pStockBin *self)
{
  g_clear_pointer (&self->jobs, gst_p2p_stock_jobs_free);
  g_clear_pointer (&self->channels, gst_p2p_stock_channels_free);
  g_clear_pointer (&self->intake, gst_p2p_stock_intake_free);
  g_clear_pointer (&self->sctp_repeater, gst_p2p_stock_repeater_free);
  g_clear_pointer (&self->tail, gst_p2p_stock_tail_free);
  g_clear_pointer (&self->monitor, gst_p2p_stock_monitor_free);
}
