/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * SECTION:element-sframedec
 * @title: sframedec
 *
 * Opens the frames that sframeenc sealed, and drops what is not authentic or came before. Put it
 * before the parser and the decoder. docs/e2ee.md has formats, keys and rules.
 *
 * |[
 * gst-launch-1.0 p2psrc local-id=cam1 signaling-serve=true \
 *   ! sframedec key=2b7e151628aed2a6abf7158809cf4f3c ! vp8dec ! videoconvert ! autovideosink
 * ]|
 */
#include "plugins/sframe/sframedec.h"

#include <string.h>

#include "gst/p2p/base/error.h"
#include "gst/p2p/base/hex.h"
#include "gst/p2p/sframe/replaywindow.h"
#include "plugins/sframe/media/heldframes.h"
#include "plugins/sframe/log.h"

#define GST_CAT_DEFAULT gst_p2p_sframe_dec_debug

/* Key requests per second, of which one may be for a given key id. */
#define MAX_REQUESTS 10

typedef struct
{
  /* stream lock */
  guint64 kid;
  gint64 time_us;
} KeyRequest;

struct _GstSframeDec
{
  GstP2pSframeBase parent;

  /* OBJECT_LOCK */
  guint hold_time_ms;
  guint replay_window;
  GBytes *sif_trailer;

  /* stream lock; the opener and what it was made for live on while the element is stopped, so that
   * a frame is not accepted again after a restart */
  GstP2pSframeOpener *opener;
  GstP2pSframeKeyring *ring;
  GstP2pSframeConfig config;
  GstP2pSframeHeldFrames *held;
  GstFlowReturn held_flow; /* of the last frame that was pushed late */
  KeyRequest requests[MAX_REQUESTS];
  guint next_request;
  gboolean opened_any;
  guint64 last_kid;
  gboolean discont;
  gint64 key_frame_us; /* when upstream was asked last */
  guint warned;        /* 1 << verdict */
};

G_DEFINE_FINAL_TYPE (GstSframeDec, gst_sframe_dec, GST_TYPE_P2P_SFRAME_BASE)
GST_ELEMENT_REGISTER_DEFINE (sframedec, "sframedec", GST_RANK_NONE, GST_TYPE_SFRAME_DEC)

enum
{
  PROP_0,
  PROP_HOLD_TIME,
  PROP_REPLAY_WINDOW,
  PROP_SIF_TRAILER,
};

/* --- one frame --- */

/* Tells the user once what is wrong; the counts in stats tell how often. */
static void
warn_once (GstSframeDec *self, GstP2pSframeVerdict verdict, guint64 kid)
{
  if (self->warned & 1u << verdict)
    return;
  self->warned |= 1u << verdict;
  if (verdict == GST_P2P_SFRAME_VERDICT_NO_KEY)
    GST_ELEMENT_WARNING (self, STREAM, DECRYPT_NOKEY,
                         ("There is no key with id %" G_GUINT64_FORMAT
                          " to open the stream with; its frames are dropped.",
                          kid),
                         ("Set key and key-id, or add the key to the key ring."));
  else if (verdict == GST_P2P_SFRAME_VERDICT_BAD_TAG)
    GST_ELEMENT_WARNING (self, STREAM, DECRYPT,
                         ("Frames under key id %" G_GUINT64_FORMAT
                          " were sealed with another key or cipher suite, or changed on the way; "
                          "they are dropped.",
                          kid),
                         (NULL));
  else if (verdict == GST_P2P_SFRAME_VERDICT_MALFORMED)
    GST_ELEMENT_WARNING (self, STREAM, FORMAT,
                         ("Frames are not of the format that is set; they are dropped."), (NULL));
}

static void
drop (GstSframeDec *self, GstP2pSframeVerdict verdict, guint64 kid)
{
  GstP2pSframeBase *base = GST_P2P_SFRAME_BASE (self);
  GstP2pSframeStats *stats = gst_p2p_sframe_base_lock_stats (base);
  gint64 now = g_get_monotonic_time ();

  stats->dropped[verdict]++;
  gst_p2p_sframe_base_unlock_stats (base);
  GST_LOG_OBJECT (self, "dropped a frame: verdict %d, key id %" G_GUINT64_FORMAT, verdict, kid);
  gst_p2p_sframe_base_frame_dropped (base, verdict, kid);
  warn_once (self, verdict, kid);
  /* A repetition took nothing away. */
  if (verdict == GST_P2P_SFRAME_VERDICT_REPLAY)
    return;
  self->discont = TRUE;
  if (self->key_frame_us != 0 && now - self->key_frame_us < G_USEC_PER_SEC)
    return;
  self->key_frame_us = now;
  gst_p2p_sframe_base_request_key_frame (base);
}

static void
update_held (GstSframeDec *self)
{
  GstP2pSframeStats *stats = gst_p2p_sframe_base_lock_stats (GST_P2P_SFRAME_BASE (self));

  stats->held = gst_p2p_sframe_held_frames_get_length (self->held);
  gst_p2p_sframe_base_unlock_stats (GST_P2P_SFRAME_BASE (self));
}

/* Opens @in. @out is a buffer if the verdict lets a frame out, else NULL. */
static GstP2pSframeVerdict
open_frame (GstSframeDec *self, GstBuffer *in, GstBuffer **out, guint64 *kid)
{
  GstP2pSframeBase *base = GST_P2P_SFRAME_BASE (self);
  GstP2pSframeVerdict verdict = GST_P2P_SFRAME_VERDICT_MALFORMED;
  GstP2pSframeFrame frame;
  GstMapInfo from, to;
  GstBuffer *buffer;
  gsize size = 0;

  *out = NULL;
  *kid = 0;
  if (!gst_buffer_map (in, &from, GST_MAP_READ))
    return verdict;
  gst_p2p_sframe_base_fill (base, in, &from, &frame);
  buffer
      = gst_p2p_sframe_frame_pool_acquire (gst_p2p_sframe_base_get_pool (base), MAX (from.size, 1));
  if (buffer && gst_buffer_map (buffer, &to, GST_MAP_WRITE))
    {
      verdict = gst_p2p_sframe_opener_open (self->opener, &frame, to.data, &size, kid);
      gst_buffer_unmap (buffer, &to);
    }
  gst_buffer_unmap (in, &from);
  if (verdict == GST_P2P_SFRAME_VERDICT_OPENED || verdict == GST_P2P_SFRAME_VERDICT_FILLER)
    {
      gst_buffer_set_size (buffer, (gssize)size);
      gst_buffer_copy_into (buffer, in, GST_BUFFER_COPY_METADATA, 0, (gsize)-1);
      *out = buffer;
    }
  else
    gst_clear_buffer (&buffer);
  return verdict;
}

/* @buffer is about to leave: marks it, and notes the key that it came with. */
static void
finish (GstSframeDec *self, GstBuffer *buffer, GstP2pSframeVerdict verdict, guint64 kid)
{
  GstP2pSframeBase *base = GST_P2P_SFRAME_BASE (self);
  gboolean changed
      = verdict == GST_P2P_SFRAME_VERDICT_OPENED && (!self->opened_any || kid != self->last_kid);
  GstP2pSframeStats *stats;

  if (self->discont)
    GST_BUFFER_FLAG_SET (buffer, GST_BUFFER_FLAG_DISCONT);
  self->discont = FALSE;
  stats = gst_p2p_sframe_base_lock_stats (base);
  if (verdict == GST_P2P_SFRAME_VERDICT_FILLER)
    stats->fillers++;
  else
    {
      stats->has_key = TRUE;
      stats->kid = kid;
      g_strlcpy (stats->fingerprint, gst_p2p_sframe_opener_get_fingerprint (self->opener),
                 sizeof stats->fingerprint);
    }
  gst_p2p_sframe_base_unlock_stats (base);
  if (!changed)
    return;
  self->opened_any = TRUE;
  self->last_kid = kid;
  gst_p2p_sframe_base_key_changed (base, kid);
}

/* --- frames that wait for their key --- */

/* Looks through the frames that wait: pushes what can be opened, drops what waited long enough. */
static GstFlowReturn
process_held (GstSframeDec *self)
{
  GstPad *src = gst_p2p_sframe_base_get_src_pad (GST_P2P_SFRAME_BASE (self));
  gint64 now = g_get_monotonic_time ();
  guint i = 0;

  while (i < gst_p2p_sframe_held_frames_get_length (self->held))
    {
      const GstP2pSframeHeldFrame *frame = gst_p2p_sframe_held_frames_peek (self->held, i);
      gboolean over = now >= frame->deadline_us;
      GstBuffer *out;
      guint64 kid;
      GstP2pSframeVerdict verdict = open_frame (self, frame->buffer, &out, &kid);

      if (verdict == GST_P2P_SFRAME_VERDICT_NO_KEY && !over)
        {
          i++;
          continue;
        }
      gst_buffer_unref (gst_p2p_sframe_held_frames_steal (self->held, i));
      if (!out)
        {
          drop (self, verdict, kid);
          continue;
        }
      finish (self, out, verdict, kid);
      gst_p2p_sframe_base_lock_stats (GST_P2P_SFRAME_BASE (self))->frames_out++;
      gst_p2p_sframe_base_unlock_stats (GST_P2P_SFRAME_BASE (self));
      self->held_flow = gst_pad_push (src, out);
    }
  gst_p2p_sframe_held_frames_rearm (self->held);
  update_held (self);
  return self->held_flow;
}

/* On the thread of the held frames. */
static void
on_held_wake (gpointer user_data)
{
  GstSframeDec *self = user_data;
  GstPad *sink = gst_p2p_sframe_base_get_sink_pad (GST_P2P_SFRAME_BASE (self));

  GST_PAD_STREAM_LOCK (sink);
  if (!GST_PAD_IS_FLUSHING (sink))
    process_held (self);
  GST_PAD_STREAM_UNLOCK (sink);
}

/* Before a serialized event: every frame that waits either goes first or is given up. */
static void
resolve_held (GstSframeDec *self)
{
  while (gst_p2p_sframe_held_frames_get_length (self->held) > 0)
    {
      process_held (self);
      if (gst_p2p_sframe_held_frames_get_length (self->held) > 0
          && !gst_p2p_sframe_held_frames_wait (self->held))
        return;
    }
}

/* Whether the application may be asked for @kid now. */
static gboolean
may_request (GstSframeDec *self, guint64 kid)
{
  gint64 now = g_get_monotonic_time ();
  KeyRequest *oldest = &self->requests[self->next_request];

  for (guint i = 0; i < MAX_REQUESTS; i++)
    if (self->requests[i].time_us != 0 && self->requests[i].kid == kid
        && now - self->requests[i].time_us < G_USEC_PER_SEC)
      return FALSE;
  if (oldest->time_us != 0 && now - oldest->time_us < G_USEC_PER_SEC)
    return FALSE;
  oldest->kid = kid;
  oldest->time_us = now;
  self->next_request = (self->next_request + 1) % MAX_REQUESTS;
  return TRUE;
}

/* There is no key: asks for it. If it does not come at once, the frame waits for it. */
static GstP2pSframeVerdict
seek_key (GstSframeDec *self, GstBuffer *in, GstBuffer **out, guint64 kid)
{
  GstP2pSframeBase *base = GST_P2P_SFRAME_BASE (self);
  GstP2pSframeVerdict verdict = GST_P2P_SFRAME_VERDICT_NO_KEY;
  guint generation = gst_p2p_sframe_keyring_get_generation (self->ring);
  guint hold_time_ms;

  if (may_request (self, kid))
    {
      gst_p2p_sframe_base_request_key (base, kid);
      if (generation != gst_p2p_sframe_keyring_get_generation (self->ring))
        verdict = open_frame (self, in, out, &kid);
    }
  if (*out)
    return verdict;
  GST_OBJECT_LOCK (self);
  hold_time_ms = self->hold_time_ms;
  GST_OBJECT_UNLOCK (self);
  if (verdict == GST_P2P_SFRAME_VERDICT_NO_KEY && hold_time_ms > 0
      && gst_p2p_sframe_held_frames_push (self->held, in, kid, (gint64)hold_time_ms * 1000))
    update_held (self);
  else
    drop (self, verdict, kid);
  return verdict;
}

/* --- from the base --- */

/* Formats that must know the codec cannot begin without caps. */
static gboolean
check_media (GstSframeDec *self)
{
  GstP2pSframeBase *base = GST_P2P_SFRAME_BASE (self);
  GError *error = NULL;

  if (gst_p2p_sframe_browser_frame_check (gst_p2p_sframe_base_get_format (base),
                                          gst_p2p_sframe_base_get_media (base)->codec, &error))
    return TRUE;
  gst_p2p_sframe_base_post_error (base, error);
  return FALSE;
}

static GstFlowReturn
handle_frame (GstP2pSframeBase *base, GstBuffer *in, GstBuffer **out)
{
  GstSframeDec *self = GST_SFRAME_DEC (base);
  GstP2pSframeVerdict verdict;
  GstFlowReturn flow = GST_FLOW_OK;
  guint64 kid;

  if (!check_media (self))
    {
      gst_buffer_unref (in);
      return GST_FLOW_NOT_NEGOTIATED;
    }
  verdict = open_frame (self, in, out, &kid);
  if (verdict == GST_P2P_SFRAME_VERDICT_NO_KEY)
    verdict = seek_key (self, in, out, kid);
  else if (!*out)
    drop (self, verdict, kid);
  gst_buffer_unref (in);
  if (!*out)
    return flow;
  /* Its key came just now: the frames that waited for it go first. */
  if (gst_p2p_sframe_held_frames_get_length (self->held) > 0
      && gst_p2p_sframe_held_frames_has_kid (self->held, kid))
    flow = process_held (self);
  finish (self, *out, verdict, kid);
  if (flow != GST_FLOW_OK)
    gst_clear_buffer (out);
  return flow;
}

static GstFlowReturn
prepare (GstP2pSframeBase *base)
{
  GstSframeDec *self = GST_SFRAME_DEC (base);
  GstFlowReturn flow;

  if (!gst_p2p_sframe_base_is_passthrough (base)
      && gst_p2p_sframe_held_frames_get_length (self->held) > 0)
    process_held (self);
  flow = self->held_flow;
  self->held_flow = GST_FLOW_OK;
  return flow;
}

static gboolean
send_caps (GstSframeDec *self, const GstCaps *caps)
{
  GstP2pSframeBase *base = GST_P2P_SFRAME_BASE (self);
  GstCaps *result;
  GError *error = NULL;
  gboolean ok;

  if (!gst_p2p_sframe_caps_unprotect (gst_p2p_sframe_base_get_format (base), caps,
                                      gst_p2p_sframe_base_get_media (base), &result, &error))
    {
      gst_p2p_sframe_base_post_error (base, error);
      return FALSE;
    }
  if (!result)
    return TRUE;
  ok = gst_pad_push_event (gst_p2p_sframe_base_get_src_pad (base), gst_event_new_caps (result));
  gst_caps_unref (result);
  return ok;
}

static gboolean
handle_event (GstP2pSframeBase *base, GstEvent *event)
{
  GstSframeDec *self = GST_SFRAME_DEC (base);
  GstCaps *caps;
  gboolean ok;

  if (GST_EVENT_TYPE (event) == GST_EVENT_FLUSH_STOP)
    {
      gst_p2p_sframe_held_frames_clear (self->held);
      gst_p2p_sframe_held_frames_set_unblocked (self->held, FALSE);
      self->held_flow = GST_FLOW_OK;
      update_held (self);
    }
  else
    resolve_held (self);
  if (GST_EVENT_TYPE (event) != GST_EVENT_CAPS)
    return gst_pad_event_default (gst_p2p_sframe_base_get_sink_pad (base), GST_OBJECT (self),
                                  event);
  gst_event_parse_caps (event, &caps);
  ok = send_caps (self, caps);
  gst_event_unref (event);
  return ok;
}

static void
unblock (GstP2pSframeBase *base)
{
  GstSframeDec *self = GST_SFRAME_DEC (base);

  if (self->held)
    gst_p2p_sframe_held_frames_set_unblocked (self->held, TRUE);
}

static gboolean
same_bytes (GBytes *a, GBytes *b)
{
  return a == b || (a && b && g_bytes_equal (a, b));
}

static void
clear_opener (GstSframeDec *self)
{
  g_clear_pointer (&self->opener, gst_p2p_sframe_opener_free);
  g_clear_pointer (&self->config.sif_trailer, g_bytes_unref);
  g_clear_object (&self->ring);
}

static gboolean
start (GstP2pSframeBase *base, GstP2pSframeKeyring *ring, const GstP2pSframeConfig *config,
       GError **error)
{
  GstSframeDec *self = GST_SFRAME_DEC (base);
  GstP2pSframeConfig wanted = *config;

  GST_OBJECT_LOCK (self);
  wanted.replay_window = self->replay_window;
  wanted.sif_trailer = self->sif_trailer ? g_bytes_ref (self->sif_trailer) : NULL;
  GST_OBJECT_UNLOCK (self);
  if (self->opener && self->ring == ring && self->config.format == wanted.format
      && self->config.suite == wanted.suite && self->config.ratchet_bits == wanted.ratchet_bits
      && self->config.replay_window == wanted.replay_window
      && same_bytes (self->config.sif_trailer, wanted.sif_trailer))
    g_clear_pointer (&wanted.sif_trailer, g_bytes_unref);
  else
    {
      clear_opener (self);
      self->config = wanted;
      self->ring = g_object_ref (ring);
      self->opener = gst_p2p_sframe_opener_new (&wanted, ring, error);
    }
  self->held = gst_p2p_sframe_held_frames_new (ring, on_held_wake, self);
  self->held_flow = GST_FLOW_OK;
  memset (self->requests, 0, sizeof self->requests);
  self->opened_any = self->discont = FALSE;
  self->key_frame_us = 0;
  self->warned = 0;
  return self->opener != NULL;
}

static void
stop (GstP2pSframeBase *base)
{
  g_clear_pointer (&GST_SFRAME_DEC (base)->held, gst_p2p_sframe_held_frames_free);
}

/* For a ratchet that is announced by something else than frames. */
static gboolean
ratchet (GstP2pSframeBase *base)
{
  g_autoptr (GstP2pSframeKeyring) ring = gst_p2p_sframe_base_get_ring (base);
  guint64 kid = gst_p2p_sframe_base_get_key_id (base), next_kid = kid, mask;
  g_autoptr (GstP2pSecret) next = NULL;
  GstP2pSframeFormat format;
  GstP2pSframeSuite suite;
  GstP2pSframeKeyringEntry entry;
  guint bits;
  gboolean ok = FALSE;

  g_object_get (base, "format", &format, "cipher-suite", &suite, "ratchet-bits", &bits, NULL);
  mask = (G_GUINT64_CONSTANT (1) << bits) - 1;
  if (format == GST_P2P_SFRAME_FORMAT_SFRAME)
    next_kid = (kid & ~mask) | ((kid + 1) & mask);
  if ((format == GST_P2P_SFRAME_FORMAT_SFRAME && bits == 0)
      || !gst_p2p_sframe_keyring_lookup (ring, kid, 0, &entry))
    return FALSE;
  next = gst_p2p_sframe_ratchet (format, gst_p2p_sframe_suite_get_info (suite, NULL), entry.secret,
                                 entry.kind, NULL);
  if (next)
    ok = gst_p2p_sframe_keyring_advance (ring, entry.serial, entry.step, entry.step + 1, next_kid,
                                         next);
  gst_p2p_sframe_keyring_entry_clear (&entry);
  if (ok)
    gst_p2p_sframe_base_set_key_id (base, next_kid);
  return ok;
}

/* --- GObject --- */

static void
set_sif_trailer (GstSframeDec *self, const gchar *text)
{
  GError *error = NULL;
  GstP2pSecret *bytes = NULL;
  GBytes *trailer = NULL;

  if (text && *text != '\0')
    {
      bytes = gst_p2p_secret_new_from_hex (text, &error);
      if (!bytes)
        {
          g_warning ("sif-trailer must be an even number of hexadecimal digits");
          g_error_free (error);
          return;
        }
      trailer = g_bytes_new (gst_p2p_secret_get_data (bytes), gst_p2p_secret_get_size (bytes));
      gst_p2p_secret_unref (bytes);
    }
  GST_OBJECT_LOCK (self);
  g_clear_pointer (&self->sif_trailer, g_bytes_unref);
  self->sif_trailer = trailer;
  GST_OBJECT_UNLOCK (self);
}

static void
set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  GstSframeDec *self = GST_SFRAME_DEC (object);

  if (id == PROP_SIF_TRAILER)
    {
      set_sif_trailer (self, g_value_get_string (value));
      return;
    }
  GST_OBJECT_LOCK (self);
  if (id == PROP_HOLD_TIME)
    self->hold_time_ms = g_value_get_uint (value);
  else if (id == PROP_REPLAY_WINDOW)
    self->replay_window = g_value_get_uint (value);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  GST_OBJECT_UNLOCK (self);
}

static void
get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  GstSframeDec *self = GST_SFRAME_DEC (object);

  GST_OBJECT_LOCK (self);
  if (id == PROP_HOLD_TIME)
    g_value_set_uint (value, self->hold_time_ms);
  else if (id == PROP_REPLAY_WINDOW)
    g_value_set_uint (value, self->replay_window);
  else if (id == PROP_SIF_TRAILER)
    g_value_take_string (value, gst_p2p_hex_print_bytes (self->sif_trailer));
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  GST_OBJECT_UNLOCK (self);
}

static void
finalize (GObject *object)
{
  GstSframeDec *self = GST_SFRAME_DEC (object);

  clear_opener (self);
  g_clear_pointer (&self->sif_trailer, g_bytes_unref);
  G_OBJECT_CLASS (gst_sframe_dec_parent_class)->finalize (object);
}

static void
install_properties (GObjectClass *klass)
{
  g_object_class_install_property (
      klass, PROP_HOLD_TIME,
      g_param_spec_uint ("hold-time", "Hold time",
                         "How long frames wait for a key that is not there yet, in ms; 0 drops "
                         "them at once",
                         0, 10000, 200,
                         G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | GST_PARAM_MUTABLE_PLAYING));
  g_object_class_install_property (
      klass, PROP_REPLAY_WINDOW,
      g_param_spec_uint ("replay-window", "Replay window",
                         "How many frames late a frame may come; repeated and later ones are "
                         "dropped",
                         1, GST_P2P_SFRAME_REPLAY_WINDOW_MAX, 1024,
                         G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | GST_PARAM_MUTABLE_READY));
  g_object_class_install_property (
      klass, PROP_SIF_TRAILER,
      g_param_spec_string ("sif-trailer", "Server-injected frames' trailer",
                           "Hexadecimal bytes that end frames which a LiveKit server injects; only "
                           "its known filler frames pass",
                           NULL,
                           G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | GST_PARAM_MUTABLE_READY));
}

static void
gst_sframe_dec_class_init (GstSframeDecClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GstP2pSframeBaseClass *base_class = GST_P2P_SFRAME_BASE_CLASS (klass);

  object_class->set_property = set_property;
  object_class->get_property = get_property;
  object_class->finalize = finalize;
  base_class->sealing = FALSE;
  base_class->start = start;
  base_class->stop = stop;
  base_class->prepare = prepare;
  base_class->frame = handle_frame;
  base_class->event = handle_event;
  base_class->unblock = unblock;
  base_class->ratchet = ratchet;
  install_properties (object_class);
  gst_element_class_set_static_metadata (
      GST_ELEMENT_CLASS (klass), "Frame decrypter", "Filter/Decryptor",
      "Opens frames sealed end to end (SFrame, RFC 9605)", "The gst-p2p authors");
}

static void
gst_sframe_dec_init (GstSframeDec *self)
{
  self->hold_time_ms = 200;
  self->replay_window = 1024;
}
