/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * sctp: see sctp.h.
 *
 * Calls from sctpdec and its association come with the association's mutex held, so nothing is sent
 * in them.
 */
#include "plugins/p2p/transport/stock/sctp.h"

#include "gst/p2p/base/error.h"
#include "plugins/p2p/base/log.h"
#include "plugins/p2p/base/owner.h"
#include "plugins/p2p/transport/limits.h"
#include "plugins/p2p/transport/liveness.h"
#include "plugins/p2p/transport/stock/intake.h"
#include "plugins/p2p/transport/stock/jobs.h"
#include "plugins/p2p/transport/stock/packets/monitor.h"
#include "plugins/p2p/transport/stock/packets/repeater.h"
#include "plugins/p2p/transport/stock/packets/tail.h"

#define GST_CAT_DEFAULT gst_p2p_stock_debug

#define ASSOCIATION_ATTEMPTS 64

struct _GstP2pStockSctp
{
  /* const; borrowed */
  GstBin *bin;
  GstP2pStockReporter *reporter;
  GstP2pStockHandshake *handshake;

  /* const */
  GstP2pStockGate *gate_up;   /* dtlsdec → sctpdec */
  GstP2pStockGate *gate_down; /* sctpenc → dtlsenc */
  GstP2pStockMonitor *monitor;
  GstP2pStockJobs *jobs;
  GstP2pStockIntake *intake;
  GstP2pStockChannels *channels;
  GstP2pStockRepeater *repeater;
  GstP2pStockTail *tail;
  GstP2pLiveness *liveness;

  /* control thread; const once gate_up is open; the bin's */
  GstElement *sctpdec;
  GstElement *sctpenc;

  /* atomic */
  gint established; /* gboolean */
};

/* --- what the intake asks for; jobs --- */

static void
on_release (GstBuffer *packet, gpointer user_data)
{
  GstP2pStockSctp *self = user_data;

  gst_p2p_stock_gate_push (self->gate_up, packet);
}

static void
on_over (gpointer user_data)
{
  GstP2pStockSctp *self = user_data;

  gst_p2p_stock_channels_end (self->channels);
}

/* Takes @packet. */
static void
send_packet (GstP2pStockSctp *self, GBytes *packet)
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
  GstP2pStockSctp *self = user_data;

  send_packet (self, gst_p2p_stock_monitor_new_window_update (
                         self->monitor, gst_p2p_stock_intake_get_window (self->intake)));
}

static const GstP2pStockIntakeFuncs intake_funcs = { on_release, on_over, on_reopen };

/* --- a quiet peer; control thread --- */

/* This is no job: the thread for those may be waiting for room in SCTP's buffer. */
static void
on_quiet (gpointer user_data)
{
  GstP2pStockSctp *self = user_data;

  send_packet (self, gst_p2p_stock_monitor_new_heartbeat (self->monitor));
}

static void
on_lost (const GError *error, gpointer user_data)
{
  GstP2pStockSctp *self = user_data;

  gst_p2p_stock_reporter_fail (self->reporter, error->code, "%s", error->message);
}

static const GstP2pLivenessFuncs liveness_funcs = { on_quiet, on_lost };

/* --- the peer's goodbye --- */

void
gst_p2p_stock_sctp_end (GstP2pStockSctp *self)
{
  if (gst_p2p_stock_reporter_set_peer_closed (self->reporter))
    gst_p2p_stock_intake_end (self->intake);
}

/* --- sctpdec and sctpenc --- */

static void
on_sctpdec_pad_added (GstElement *sctpdec, GstPad *pad, GstP2pStockSctp *self)
{
  if (GST_PAD_IS_SRC (pad))
    gst_p2p_stock_channels_add_input (self->channels, pad);
}

/* The peer has reset the stream, or sctpdec goes down. */
static void
on_sctpdec_pad_removed (GstElement *sctpdec, GstPad *pad, GstP2pStockSctp *self)
{
  if (GST_PAD_IS_SRC (pad) && !gst_p2p_stock_reporter_is_stopping (self->reporter))
    gst_p2p_stock_channels_remove_input (self->channels, pad);
}

static void
on_sctpenc_established (GstElement *sctpenc, gboolean established, GstP2pStockSctp *self)
{
  if (established)
    {
      g_atomic_int_set (&self->established, TRUE);
      gst_p2p_stock_repeater_finish (self->repeater);
      gst_p2p_liveness_watch (self->liveness);
      gst_p2p_stock_reporter_post_peer (self->reporter, GST_P2P_PEER_EVENT_SCTP_ESTABLISHED, NULL);
    }
  else if (!gst_p2p_stock_reporter_is_stopping (self->reporter))
    gst_p2p_stock_sctp_end (self);
}

/* --- the gates --- */

static void
take_answers (GstP2pStockSctp *self)
{
  GstP2pStreamFact fact;
  guint16 stream;

  while (gst_p2p_stock_monitor_take_answer (self->monitor, &stream, &fact))
    gst_p2p_stock_channels_answer (self->channels, stream, fact);
}

/* dtlsdec → sctpdec */
static GstBuffer *
on_packet_up (GstP2pStockGate *gate, GstBuffer *packet, gpointer data)
{
  GstP2pStockSctp *self = data;
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
      gst_p2p_stock_sctp_end (self);
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
static GstBuffer *
on_packet_down (GstP2pStockGate *gate, GstBuffer *packet, gpointer data)
{
  GstP2pStockSctp *self = data;
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
      window = gst_p2p_stock_intake_limit (self->intake);
    }
  if (gst_buffer_map (packet, &map, limit ? GST_MAP_READWRITE : GST_MAP_READ))
    {
      gst_p2p_stock_monitor_outgoing (self->monitor, map.data, map.size,
                                      limit ? window : G_MAXUINT32, &outgoing);
      gst_buffer_unmap (packet, &map);
    }
  if (outgoing.opens)
    gst_p2p_stock_repeater_keep (self->repeater, packet);
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
claim_association (GstP2pStockSctp *self)
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
      GST_DEBUG_OBJECT (self->bin, "SCTP association %u is taken", id);
      gst_element_set_state (self->sctpenc, GST_STATE_NULL);
      gst_element_set_state (self->sctpdec, GST_STATE_NULL);
    }
  return FALSE;
}

gboolean
gst_p2p_stock_sctp_start (GstP2pStockSctp *self, GstP2pDescription *remote, GError **error)
{
  GstElement *sctpdec = gst_element_factory_make ("sctpdec", "sctpdec");
  GstElement *sctpenc = gst_element_factory_make ("sctpenc", "sctpenc");

  gst_bin_add (self->bin, sctpdec);
  gst_bin_add (self->bin, sctpenc);
  self->sctpdec = sctpdec;
  self->sctpenc = sctpenc;
  gst_p2p_stock_channels_start (self->channels, sctpenc, remote);
  g_object_set (sctpdec, "local-sctp-port", GST_P2P_DEFAULT_SCTP_PORT, NULL);
  g_object_set (sctpenc, "remote-sctp-port", gst_p2p_description_get_sctp_port (remote),
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
  /* The gate opens only now: before the end of sctpenc's state change, a fast answer to its INIT
   * would find an association that is not connecting yet, and would never connect. */
  gst_p2p_stock_gate_open (self->gate_up);
  return TRUE;
}

gboolean
gst_p2p_stock_sctp_abort (GstP2pStockSctp *self)
{
  if (!self->sctpenc)
    return FALSE;
  gst_p2p_stock_gate_close (self->gate_up);
  gst_p2p_stock_channels_close (self->channels);
  /* closes the socket, which sends ABORT through sctpenc */
  gst_element_set_state (self->sctpdec, GST_STATE_NULL);
  gst_p2p_stock_channels_end (self->channels); /* what it gave goes downstream still */
  return g_atomic_int_get (&self->established);
}

void
gst_p2p_stock_sctp_shut (GstP2pStockSctp *self)
{
  gst_p2p_stock_sctp_abort (self);
  if (self->sctpenc)
    gst_element_set_state (self->sctpenc, GST_STATE_NULL);
  gst_p2p_stock_jobs_stop (self->jobs);
  gst_p2p_stock_channels_shut (self->channels);
}

/* --- beginning and end --- */

/* The packet becomes a new DTLS record, so DTLS does not take it for a repetition; SCTP knows
 * duplicates by their tags and its state (RFC 9260 section 5.2). */
static void
repeat_packet (GstBuffer *packet, gpointer data)
{
  GstP2pStockSctp *self = data;

  gst_p2p_stock_gate_push (self->gate_down, packet);
}

GstP2pStockSctp *
gst_p2p_stock_sctp_new (GstBin *bin, GMainContext *context, GstP2pStockReporter *reporter,
                        GstP2pStockHandshake *handshake)
{
  GstP2pStockSctp *self = g_new0 (GstP2pStockSctp, 1);

  self->bin = bin;
  self->reporter = reporter;
  self->handshake = handshake;
  self->gate_up = GST_P2P_STOCK_GATE (gst_object_ref_sink (
      gst_p2p_stock_gate_new (bin, "gate-up", GST_P2P_MAX_EARLY_SCTP, on_packet_up, self)));
  self->gate_down = GST_P2P_STOCK_GATE (
      gst_object_ref_sink (gst_p2p_stock_gate_new (bin, "gate-down", 0, on_packet_down, self)));
  self->monitor = gst_p2p_stock_monitor_new (GST_P2P_MAX_STREAM, GST_P2P_MAX_STREAMS_IN_USE);
  self->jobs = gst_p2p_stock_jobs_new (gst_p2p_owner_find (bin));
  self->intake
      = gst_p2p_stock_intake_new (bin, context, self->jobs, self->monitor, &intake_funcs, self);
  self->channels = gst_p2p_stock_channels_new (bin, context, reporter, self->jobs, self->intake);
  /* INIT, and later COOKIE ECHO in its place */
  self->repeater = gst_p2p_stock_repeater_new (context, 1, repeat_packet, self);
  self->tail = gst_p2p_stock_tail_new (context, repeat_packet, self);
  self->liveness = gst_p2p_liveness_new (context, &liveness_funcs, self);
  return self;
}

void
gst_p2p_stock_sctp_free (GstP2pStockSctp *self)
{
  gst_p2p_stock_jobs_free (self->jobs);
  gst_p2p_stock_channels_free (self->channels);
  gst_p2p_stock_intake_free (self->intake);
  gst_p2p_stock_repeater_free (self->repeater);
  gst_p2p_stock_tail_free (self->tail);
  gst_p2p_liveness_free (self->liveness);
  gst_p2p_stock_monitor_free (self->monitor);
  gst_object_unref (self->gate_up);
  gst_object_unref (self->gate_down);
  g_free (self);
}

GstP2pStockGate *
gst_p2p_stock_sctp_get_gate_up (GstP2pStockSctp *self)
{
  return self->gate_up;
}

GstP2pStockGate *
gst_p2p_stock_sctp_get_gate_down (GstP2pStockSctp *self)
{
  return self->gate_down;
}

GstP2pStockChannels *
gst_p2p_stock_sctp_get_channels (GstP2pStockSctp *self)
{
  return self->channels;
}

gboolean
gst_p2p_stock_sctp_is_started (GstP2pStockSctp *self)
{
  return self->sctpenc != NULL;
}

void
gst_p2p_stock_sctp_stop (GstP2pStockSctp *self)
{
  gst_p2p_stock_intake_stop (self->intake);
  gst_p2p_stock_channels_stop (self->channels);
  gst_p2p_liveness_stop (self->liveness);
  gst_p2p_stock_repeater_finish (self->repeater);
  gst_p2p_stock_tail_finish (self->tail);
}
