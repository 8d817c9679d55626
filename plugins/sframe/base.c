/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * base: see base.h.
 */
/**
 * SECTION:GstP2pSframeBase
 *
 * What sframeenc and sframedec have in common: formats and keys.
 *
 * ## Messages
 *
 * - error: there is no key, no codec that the format could protect, or no counter left, and nothing
 *   leaves any more. There is one at most.
 * - warning: frames are dropped, once for each reason; or passthrough is set, and nothing
 * protected.
 *
 * ## Statistics
 *
 * `stats` has `frames-in`; `sealed` or `opened`; `dropped-no-key`, `dropped-bad-tag`,
 * `dropped-malformed`, `dropped-replay`; `fillers`, `held`, `ns-per-frame`, `passthrough`; and once
 * there is a key `key-id` and `key-fingerprint`.
 */
#include "plugins/sframe/base.h"

#include <string.h>

#include <gst/video/video.h>

#include "plugins/sframe/keys.h"
#include "plugins/sframe/log.h"
#include "plugins/sframe/pad.h"
#include "plugins/sframe/properties.h"
#include "plugins/sframe/report.h"
#include "plugins/sframe/types.h"

#define GST_CAT_DEFAULT gst_p2p_sframe_debug

/* One frame in so many is timed: to read the clock costs as much as a tenth of a small frame. */
#define TIME_EVERY 16
/* Emissions of frame-dropped per second; there are no more. */
#define DROP_SIGNALS_PER_SECOND 10

typedef struct
{
  /* const */
  GstPad *sinkpad, *srcpad;
  GstP2pSframeKeys *keys;

  /* OBJECT_LOCK */
  GstP2pSframeFormat format;
  GstP2pSframeSuite suite;
  guint ratchet_bits;
  gboolean passthrough;
  gboolean failed; /* an error was posted; what follows from it is not worth another */
  GstP2pSframeStats stats;

  /* OBJECT_LOCK to change, atomic to read that it changed */
  guint64 key_id;
  guint key_id_serial;

  /* stream lock; fixed while PAUSED or PLAYING */
  GstP2pSframeConfig config;
  gboolean started;
  gboolean passing;
  GstP2pSframeFramePool *pool;
  GstP2pSframeMedia media;
  GBytes *metadata;
  guint metadata_version;
  guint frame_count;
  gint64 drop_second_us;
  guint drop_signals;
} GstP2pSframeBasePrivate;

static void child_proxy_init (gpointer interface, gpointer data);

G_DEFINE_ABSTRACT_TYPE_WITH_CODE (GstP2pSframeBase, gst_p2p_sframe_base, GST_TYPE_ELEMENT,
                                  G_ADD_PRIVATE (GstP2pSframeBase)
                                      G_IMPLEMENT_INTERFACE (GST_TYPE_CHILD_PROXY,
                                                             child_proxy_init))

#define PRIVATE(self) ((GstP2pSframeBasePrivate *)gst_p2p_sframe_base_get_instance_private (self))

enum
{
  SIGNAL_REQUEST_KEY,
  SIGNAL_KEY_CHANGED,
  SIGNAL_FRAME_DROPPED,
  SIGNAL_ADD_KEY,
  SIGNAL_REMOVE_KEY,
  SIGNAL_RATCHET,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

/* --- for the derived elements --- */

GstPad *
gst_p2p_sframe_base_get_sink_pad (GstP2pSframeBase *self)
{
  return PRIVATE (self)->sinkpad;
}

GstPad *
gst_p2p_sframe_base_get_src_pad (GstP2pSframeBase *self)
{
  return PRIVATE (self)->srcpad;
}

GstP2pSframeKeyring *
gst_p2p_sframe_base_get_ring (GstP2pSframeBase *self)
{
  return gst_p2p_sframe_keys_get_ring (PRIVATE (self)->keys);
}

guint64
gst_p2p_sframe_base_get_key_id (GstP2pSframeBase *self)
{
  guint64 kid;

  GST_OBJECT_LOCK (self);
  kid = PRIVATE (self)->key_id;
  GST_OBJECT_UNLOCK (self);
  return kid;
}

void
gst_p2p_sframe_base_set_key_id (GstP2pSframeBase *self, guint64 kid)
{
  GstP2pSframeBasePrivate *priv = PRIVATE (self);
  gboolean changed;

  GST_OBJECT_LOCK (self);
  changed = priv->key_id != kid;
  priv->key_id = kid;
  if (changed)
    g_atomic_int_inc (&priv->key_id_serial);
  GST_OBJECT_UNLOCK (self);
}

guint
gst_p2p_sframe_base_get_key_id_serial (GstP2pSframeBase *self)
{
  return (guint)g_atomic_int_get (&PRIVATE (self)->key_id_serial);
}

GstP2pSframeFormat
gst_p2p_sframe_base_get_format (GstP2pSframeBase *self)
{
  return PRIVATE (self)->config.format;
}

gboolean
gst_p2p_sframe_base_is_passthrough (GstP2pSframeBase *self)
{
  return PRIVATE (self)->passing;
}

GstP2pSframeMedia *
gst_p2p_sframe_base_get_media (GstP2pSframeBase *self)
{
  return &PRIVATE (self)->media;
}

GstP2pSframeFramePool *
gst_p2p_sframe_base_get_pool (GstP2pSframeBase *self)
{
  return PRIVATE (self)->pool;
}

void
gst_p2p_sframe_base_fill (GstP2pSframeBase *self, GstBuffer *buffer, const GstMapInfo *map,
                          GstP2pSframeFrame *frame)
{
  GstP2pSframeBasePrivate *priv = PRIVATE (self);
  gsize size = 0;

  gst_p2p_sframe_pad_get_metadata (GST_P2P_SFRAME_PAD (priv->sinkpad), &priv->metadata_version,
                                   &priv->metadata);
  frame->data = map->data;
  frame->size = map->size;
  frame->codec = priv->media.codec;
  frame->length_prefixed = priv->media.length_prefixed;
  frame->metadata = priv->metadata ? g_bytes_get_data (priv->metadata, &size) : NULL;
  frame->metadata_size = size;
  frame->keyframe = priv->config.format != GST_P2P_SFRAME_FORMAT_SFRAME
                    && gst_p2p_sframe_browser_frame_is_key (
                        frame->codec, map->data, map->size,
                        !GST_BUFFER_FLAG_IS_SET (buffer, GST_BUFFER_FLAG_DELTA_UNIT));
}

GstP2pSframeStats *
gst_p2p_sframe_base_lock_stats (GstP2pSframeBase *self)
{
  GST_OBJECT_LOCK (self);
  return &PRIVATE (self)->stats;
}

void
gst_p2p_sframe_base_unlock_stats (GstP2pSframeBase *self)
{
  GST_OBJECT_UNLOCK (self);
}

void
gst_p2p_sframe_base_request_key (GstP2pSframeBase *self, guint64 kid)
{
  g_signal_emit (self, signals[SIGNAL_REQUEST_KEY], 0, kid);
}

void
gst_p2p_sframe_base_key_changed (GstP2pSframeBase *self, guint64 kid)
{
  GST_INFO_OBJECT (self, "key id %" G_GUINT64_FORMAT, kid);
  g_signal_emit (self, signals[SIGNAL_KEY_CHANGED], 0, kid);
}

void
gst_p2p_sframe_base_frame_dropped (GstP2pSframeBase *self, GstP2pSframeVerdict verdict, guint64 kid)
{
  GstP2pSframeBasePrivate *priv = PRIVATE (self);
  gint64 now = g_get_monotonic_time ();

  if (now - priv->drop_second_us >= G_USEC_PER_SEC)
    {
      priv->drop_second_us = now;
      priv->drop_signals = 0;
    }
  if (priv->drop_signals++ < DROP_SIGNALS_PER_SECOND)
    g_signal_emit (self, signals[SIGNAL_FRAME_DROPPED], 0,
                   gst_p2p_sframe_verdict_get_nick (verdict), kid);
}

void
gst_p2p_sframe_base_post_error (GstP2pSframeBase *self, GError *error)
{
  GstP2pSframeBasePrivate *priv = PRIVATE (self);
  gboolean failed;

  GST_OBJECT_LOCK (self);
  failed = priv->failed;
  priv->failed = TRUE;
  GST_OBJECT_UNLOCK (self);
  if (failed)
    GST_INFO_OBJECT (self, "after the first error: %s", error->message);
  else
    gst_p2p_sframe_report (GST_ELEMENT (self), error);
  g_error_free (error);
}

void
gst_p2p_sframe_base_request_key_frame (GstP2pSframeBase *self)
{
  GstP2pSframeBasePrivate *priv = PRIVATE (self);

  if (priv->media.video)
    gst_pad_push_event (priv->sinkpad,
                        gst_video_event_new_upstream_force_key_unit (GST_CLOCK_TIME_NONE, TRUE, 0));
}

/* --- frames --- */

/* One frame through the subclass, timed now and then. */
static GstFlowReturn
handle_frame (GstP2pSframeBase *self, GstBuffer *in, GstBuffer **out)
{
  GstP2pSframeBasePrivate *priv = PRIVATE (self);
  GstP2pSframeBaseClass *klass = GST_P2P_SFRAME_BASE_GET_CLASS (self);
  gboolean timed = priv->frame_count++ % TIME_EVERY == 0;
  GstClockTime before = timed ? gst_util_get_timestamp () : 0;
  GstFlowReturn flow;

  *out = NULL;
  if (priv->passing)
    {
      *out = in;
      flow = GST_FLOW_OK;
    }
  else
    flow = klass->frame (self, in, out);
  GST_OBJECT_LOCK (self);
  priv->stats.frames_in++;
  if (*out)
    priv->stats.frames_out++;
  if (timed)
    {
      priv->stats.timed_ns += gst_util_get_timestamp () - before;
      priv->stats.timed_frames++;
    }
  GST_OBJECT_UNLOCK (self);
  return flow;
}

static GstFlowReturn
on_chain (GstPad *pad, GstObject *parent, GstBuffer *buffer)
{
  GstP2pSframeBase *self = GST_P2P_SFRAME_BASE (parent);
  GstFlowReturn flow = GST_P2P_SFRAME_BASE_GET_CLASS (self)->prepare (self);
  GstBuffer *out;

  if (flow != GST_FLOW_OK)
    {
      gst_buffer_unref (buffer);
      return flow;
    }
  flow = handle_frame (self, buffer, &out);
  if (out)
    flow = gst_pad_push (PRIVATE (self)->srcpad, out);
  return flow;
}

static GstFlowReturn
on_chain_list (GstPad *pad, GstObject *parent, GstBufferList *list)
{
  GstP2pSframeBase *self = GST_P2P_SFRAME_BASE (parent);
  GstFlowReturn flow = GST_P2P_SFRAME_BASE_GET_CLASS (self)->prepare (self), pushed;
  guint length = gst_buffer_list_length (list);
  GstBufferList *result = gst_buffer_list_new_sized (length);

  for (guint i = 0; i < length && flow == GST_FLOW_OK; i++)
    {
      GstBuffer *out;

      flow = handle_frame (self, gst_buffer_ref (gst_buffer_list_get (list, i)), &out);
      if (out)
        gst_buffer_list_add (result, out);
    }
  gst_buffer_list_unref (list);
  if (gst_buffer_list_length (result) == 0)
    {
      gst_buffer_list_unref (result);
      return flow;
    }
  /* What was sealed before a failure was sealed well. */
  pushed = gst_pad_push_list (PRIVATE (self)->srcpad, result);
  return flow != GST_FLOW_OK ? flow : pushed;
}

/* --- events and queries --- */

static gboolean
on_sink_event (GstPad *pad, GstObject *parent, GstEvent *event)
{
  GstP2pSframeBase *self = GST_P2P_SFRAME_BASE (parent);
  GstP2pSframeBaseClass *klass = GST_P2P_SFRAME_BASE_GET_CLASS (self);

  if (GST_EVENT_TYPE (event) == GST_EVENT_FLUSH_START && klass->unblock)
    klass->unblock (self);
  if (GST_EVENT_IS_SERIALIZED (event) && !PRIVATE (self)->passing)
    return klass->event (self, event);
  /* The default keeps caps to itself. */
  if (GST_EVENT_TYPE (event) == GST_EVENT_CAPS)
    return gst_pad_push_event (PRIVATE (self)->srcpad, event);
  return gst_pad_event_default (pad, parent, event);
}

/* Of both pads: a neighbour may look for the key ring. */
static gboolean
on_src_query (GstPad *pad, GstObject *parent, GstQuery *query)
{
  GstP2pSframeBase *self = GST_P2P_SFRAME_BASE (parent);

  if (GST_QUERY_TYPE (query) == GST_QUERY_CONTEXT
      && gst_p2p_sframe_keys_answer (PRIVATE (self)->keys, query))
    return TRUE;
  return gst_pad_query_default (pad, parent, query);
}

static gboolean
on_sink_query (GstPad *pad, GstObject *parent, GstQuery *query)
{
  GstCaps *filter, *caps;

  switch (GST_QUERY_TYPE (query))
    {
    case GST_QUERY_ALLOCATION:
      /* Frames change their size on the way: no pool of downstream's is of use upstream. */
      return FALSE;
    case GST_QUERY_CAPS:
      if (PRIVATE (GST_P2P_SFRAME_BASE (parent))->passing)
        break;
      /* What cannot be protected is refused when it comes: then with a reason. */
      gst_query_parse_caps (query, &filter);
      caps = filter ? gst_caps_ref (filter) : gst_caps_new_any ();
      gst_query_set_caps_result (query, caps);
      gst_caps_unref (caps);
      return TRUE;
    case GST_QUERY_ACCEPT_CAPS:
      if (PRIVATE (GST_P2P_SFRAME_BASE (parent))->passing)
        break;
      gst_query_set_accept_caps_result (query, TRUE);
      return TRUE;
    default:
      break;
    }
  return on_src_query (pad, parent, query);
}

/* --- states --- */

static gboolean
start (GstP2pSframeBase *self)
{
  GstP2pSframeBasePrivate *priv = PRIVATE (self);
  g_autoptr (GstP2pSframeKeyring) ring = gst_p2p_sframe_keys_get_ring (priv->keys);
  GError *error = NULL;
  gboolean ok;

  GST_OBJECT_LOCK (self);
  priv->config.format = priv->format;
  priv->config.suite = priv->suite;
  priv->config.ratchet_bits = priv->ratchet_bits;
  priv->passing = priv->passthrough;
  memset (&priv->stats, 0, sizeof priv->stats);
  GST_OBJECT_UNLOCK (self);
  memset (&priv->media, 0, sizeof priv->media);
  priv->pool = gst_p2p_sframe_frame_pool_new ();
  priv->started = TRUE;
  ok = GST_P2P_SFRAME_BASE_GET_CLASS (self)->start (self, ring, &priv->config, &error);
  if (!ok)
    gst_p2p_sframe_base_post_error (self, error);
  if (ok && priv->passing)
    GST_ELEMENT_WARNING (self, STREAM, ENCODE,
                         ("Frames pass as they are: passthrough is set, nothing is protected."),
                         (NULL));
  return ok;
}

static void
stop (GstP2pSframeBase *self)
{
  GstP2pSframeBasePrivate *priv = PRIVATE (self);

  if (!priv->started)
    return;
  priv->started = FALSE;
  GST_P2P_SFRAME_BASE_GET_CLASS (self)->stop (self);
  g_clear_pointer (&priv->pool, gst_p2p_sframe_frame_pool_free);
}

/* Others are asked for the ring, and may set the key id then; so that is read afterwards. */
static gboolean
find_keys (GstP2pSframeBase *self)
{
  GstP2pSframeKeys *keys = PRIVATE (self)->keys;
  GError *error = NULL;

  gst_p2p_sframe_keys_find_ring (keys);
  if (gst_p2p_sframe_keys_start (keys, gst_p2p_sframe_base_get_key_id (self), &error))
    return TRUE;
  gst_p2p_sframe_base_post_error (self, error);
  return FALSE;
}

static GstStateChangeReturn
change_state (GstElement *element, GstStateChange transition)
{
  GstP2pSframeBase *self = GST_P2P_SFRAME_BASE (element);
  GstP2pSframeBaseClass *klass = GST_P2P_SFRAME_BASE_GET_CLASS (self);
  GstStateChangeReturn result;

  if (transition == GST_STATE_CHANGE_NULL_TO_READY
      || transition == GST_STATE_CHANGE_READY_TO_PAUSED)
    {
      GST_OBJECT_LOCK (self);
      PRIVATE (self)->failed = FALSE;
      GST_OBJECT_UNLOCK (self);
    }
  if (transition == GST_STATE_CHANGE_NULL_TO_READY && !find_keys (self))
    return GST_STATE_CHANGE_FAILURE;
  if (transition == GST_STATE_CHANGE_READY_TO_PAUSED && !start (self))
    {
      stop (self);
      return GST_STATE_CHANGE_FAILURE;
    }
  if (transition == GST_STATE_CHANGE_PAUSED_TO_READY && klass->unblock)
    klass->unblock (self);
  result = GST_ELEMENT_CLASS (gst_p2p_sframe_base_parent_class)->change_state (element, transition);
  if (transition == GST_STATE_CHANGE_PAUSED_TO_READY
      || (transition == GST_STATE_CHANGE_READY_TO_PAUSED && result == GST_STATE_CHANGE_FAILURE))
    stop (self);
  if (transition == GST_STATE_CHANGE_READY_TO_NULL)
    gst_p2p_sframe_keys_stop (PRIVATE (self)->keys);
  return result;
}

static void
set_context (GstElement *element, GstContext *context)
{
  gst_p2p_sframe_keys_set_context (PRIVATE (GST_P2P_SFRAME_BASE (element))->keys, context);
  GST_ELEMENT_CLASS (gst_p2p_sframe_base_parent_class)->set_context (element, context);
}

/* --- actions --- */

static gboolean
on_add_key (GstP2pSframeBase *self, guint64 kid, GBytes *bytes)
{
  g_autoptr (GstP2pSframeKeyring) ring = gst_p2p_sframe_base_get_ring (self);
  gboolean ok;

  g_signal_emit_by_name (ring, "add-key", kid, bytes, &ok);
  return ok;
}

static gboolean
on_remove_key (GstP2pSframeBase *self, guint64 kid)
{
  g_autoptr (GstP2pSframeKeyring) ring = gst_p2p_sframe_base_get_ring (self);

  return gst_p2p_sframe_keyring_remove (ring, kid);
}

static gboolean
on_ratchet (GstP2pSframeBase *self)
{
  return GST_P2P_SFRAME_BASE_GET_CLASS (self)->ratchet (self);
}

static GstStructure *
make_stats (GstP2pSframeBase *self)
{
  GstP2pSframeBasePrivate *priv = PRIVATE (self);
  GstP2pSframeStats stats;
  gboolean passthrough;

  GST_OBJECT_LOCK (self);
  stats = priv->stats;
  passthrough = priv->passthrough;
  GST_OBJECT_UNLOCK (self);
  return gst_p2p_sframe_stats_to_structure (
      &stats, GST_P2P_SFRAME_BASE_GET_CLASS (self)->sealing ? "sealed" : "opened", passthrough);
}

/* --- GObject --- */

static void
set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  GstP2pSframeBase *self = GST_P2P_SFRAME_BASE (object);
  GstP2pSframeBasePrivate *priv = PRIVATE (self);
  guint64 kid = gst_p2p_sframe_base_get_key_id (self);
  GError *error = NULL;

  switch (id)
    {
    case GST_P2P_SFRAME_PROP_KEY:
      error = gst_p2p_sframe_keys_set_key (priv->keys, kid, g_value_get_string (value));
      break;
    case GST_P2P_SFRAME_PROP_PASSPHRASE:
      error = gst_p2p_sframe_keys_set_passphrase (priv->keys, kid, g_value_get_string (value));
      break;
    case GST_P2P_SFRAME_PROP_KEY_FILE:
      error = gst_p2p_sframe_keys_set_file (priv->keys, kid, g_value_get_string (value));
      break;
    case GST_P2P_SFRAME_PROP_KEYRING:
      gst_p2p_sframe_keys_set_ring (priv->keys, g_value_get_object (value));
      break;
    case GST_P2P_SFRAME_PROP_KEYRING_CONTEXT:
      gst_p2p_sframe_keys_set_context_type (priv->keys, g_value_get_string (value));
      break;
    case GST_P2P_SFRAME_PROP_KEY_ID:
      gst_p2p_sframe_base_set_key_id (self, g_value_get_uint64 (value));
      break;
    default:
      GST_OBJECT_LOCK (self);
      if (id == GST_P2P_SFRAME_PROP_FORMAT)
        priv->format = (GstP2pSframeFormat)g_value_get_enum (value);
      else if (id == GST_P2P_SFRAME_PROP_CIPHER_SUITE)
        priv->suite = (GstP2pSframeSuite)g_value_get_enum (value);
      else if (id == GST_P2P_SFRAME_PROP_RATCHET_BITS)
        priv->ratchet_bits = g_value_get_uint (value);
      else if (id == GST_P2P_SFRAME_PROP_PASSTHROUGH)
        priv->passthrough = g_value_get_boolean (value);
      else
        G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
      GST_OBJECT_UNLOCK (self);
      break;
    }
  if (error)
    gst_p2p_sframe_base_post_error (self, error);
}

static void
get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  GstP2pSframeBase *self = GST_P2P_SFRAME_BASE (object);
  GstP2pSframeBasePrivate *priv = PRIVATE (self);

  switch (id)
    {
    case GST_P2P_SFRAME_PROP_KEY_FILE:
      g_value_take_string (value, gst_p2p_sframe_keys_get_file (priv->keys));
      break;
    case GST_P2P_SFRAME_PROP_KEYRING:
      g_value_take_object (value, gst_p2p_sframe_keys_get_ring (priv->keys));
      break;
    case GST_P2P_SFRAME_PROP_KEYRING_CONTEXT:
      g_value_take_string (value, gst_p2p_sframe_keys_get_context_type (priv->keys));
      break;
    case GST_P2P_SFRAME_PROP_STATS:
      g_value_take_boxed (value, make_stats (self));
      break;
    default:
      GST_OBJECT_LOCK (self);
      if (id == GST_P2P_SFRAME_PROP_FORMAT)
        g_value_set_enum (value, (gint)priv->format);
      else if (id == GST_P2P_SFRAME_PROP_CIPHER_SUITE)
        g_value_set_enum (value, (gint)priv->suite);
      else if (id == GST_P2P_SFRAME_PROP_KEY_ID)
        g_value_set_uint64 (value, priv->key_id);
      else if (id == GST_P2P_SFRAME_PROP_RATCHET_BITS)
        g_value_set_uint (value, priv->ratchet_bits);
      else if (id == GST_P2P_SFRAME_PROP_PASSTHROUGH)
        g_value_set_boolean (value, priv->passthrough);
      else
        G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
      GST_OBJECT_UNLOCK (self);
      break;
    }
}

static void
finalize (GObject *object)
{
  GstP2pSframeBasePrivate *priv = PRIVATE (GST_P2P_SFRAME_BASE (object));

  g_clear_pointer (&priv->metadata, g_bytes_unref);
  gst_p2p_sframe_keys_free (priv->keys);
  G_OBJECT_CLASS (gst_p2p_sframe_base_parent_class)->finalize (object);
}

static GObject *
child_by_index (GstChildProxy *proxy, guint index)
{
  GstP2pSframeBasePrivate *priv = PRIVATE (GST_P2P_SFRAME_BASE (proxy));

  return index == 0 ? g_object_ref (G_OBJECT (priv->sinkpad)) : NULL;
}

static guint
children_count (GstChildProxy *proxy)
{
  return 1;
}

/* So that gst-launch-1.0 can write sframeenc sink::metadata=... */
static void
child_proxy_init (gpointer interface, gpointer data)
{
  GstChildProxyInterface *child_proxy = interface;

  child_proxy->get_child_by_index = child_by_index;
  child_proxy->get_children_count = children_count;
}

static void
install_signals (GType type)
{
  /**
   * GstP2pSframeBase::request-key:
   * @kid: the key id
   *
   * A key is missing. A handler that adds it is in time for the frame that waits for it.
   */
  signals[SIGNAL_REQUEST_KEY] = g_signal_new ("request-key", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                              NULL, G_TYPE_NONE, 1, G_TYPE_UINT64);
  /**
   * GstP2pSframeBase::key-changed:
   * @kid: the key id
   *
   * Frames are under another key from now on.
   */
  signals[SIGNAL_KEY_CHANGED] = g_signal_new ("key-changed", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                              NULL, G_TYPE_NONE, 1, G_TYPE_UINT64);
  /**
   * GstP2pSframeBase::frame-dropped:
   * @reason: no-key, bad-tag, malformed or replay
   * @kid: the key id
   *
   * A frame was dropped. At most ten times per second.
   */
  signals[SIGNAL_FRAME_DROPPED]
      = g_signal_new ("frame-dropped", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 2,
                      G_TYPE_STRING, G_TYPE_UINT64);
  /**
   * GstP2pSframeBase::add-key:
   * @kid: the key id
   * @key: the base key
   *
   * Adds a key to the ring. Returns: whether it can be used.
   */
  signals[SIGNAL_ADD_KEY] = g_signal_new_class_handler (
      "add-key", type, G_SIGNAL_RUN_LAST | G_SIGNAL_ACTION, G_CALLBACK (on_add_key), NULL, NULL,
      NULL, G_TYPE_BOOLEAN, 2, G_TYPE_UINT64, G_TYPE_BYTES);
  /**
   * GstP2pSframeBase::remove-key:
   * @kid: the key id
   *
   * Forgets a key. Returns: whether there was one.
   */
  signals[SIGNAL_REMOVE_KEY] = g_signal_new_class_handler (
      "remove-key", type, G_SIGNAL_RUN_LAST | G_SIGNAL_ACTION, G_CALLBACK (on_remove_key), NULL,
      NULL, NULL, G_TYPE_BOOLEAN, 1, G_TYPE_UINT64);
  /**
   * GstP2pSframeBase::ratchet:
   *
   * Moves the key one step on, and forgets the old one. Returns: whether that is possible.
   */
  signals[SIGNAL_RATCHET]
      = g_signal_new_class_handler ("ratchet", type, G_SIGNAL_RUN_LAST | G_SIGNAL_ACTION,
                                    G_CALLBACK (on_ratchet), NULL, NULL, NULL, G_TYPE_BOOLEAN, 0);
}

static void
gst_p2p_sframe_base_class_init (GstP2pSframeBaseClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GstElementClass *element_class = GST_ELEMENT_CLASS (klass);
  static GstStaticPadTemplate sink
      = GST_STATIC_PAD_TEMPLATE ("sink", GST_PAD_SINK, GST_PAD_ALWAYS, GST_STATIC_CAPS_ANY);
  static GstStaticPadTemplate src
      = GST_STATIC_PAD_TEMPLATE ("src", GST_PAD_SRC, GST_PAD_ALWAYS, GST_STATIC_CAPS_ANY);

  gst_p2p_sframe_log_init ();
  object_class->set_property = set_property;
  object_class->get_property = get_property;
  object_class->finalize = finalize;
  element_class->change_state = change_state;
  element_class->set_context = set_context;
  gst_element_class_add_static_pad_template_with_gtype (element_class, &sink,
                                                        GST_TYPE_P2P_SFRAME_PAD);
  gst_element_class_add_static_pad_template (element_class, &src);
  gst_p2p_sframe_properties_install (object_class);
  install_signals (G_TYPE_FROM_CLASS (klass));
  gst_type_mark_as_plugin_api (GST_TYPE_P2P_SFRAME_BASE, 0);
  gst_type_mark_as_plugin_api (GST_TYPE_P2P_SFRAME_PAD, 0);
  gst_type_mark_as_plugin_api (GST_TYPE_P2P_SFRAME_FORMAT, 0);
  gst_type_mark_as_plugin_api (GST_TYPE_P2P_SFRAME_SUITE, 0);
  gst_type_mark_as_plugin_api (GST_TYPE_P2P_SFRAME_KEYRING, 0);
}

static void
gst_p2p_sframe_base_init (GstP2pSframeBase *self)
{
  GstP2pSframeBasePrivate *priv = PRIVATE (self);

  priv->suite = GST_P2P_SFRAME_SUITE_AES_128_GCM_SHA256_128;
  priv->sinkpad
      = g_object_new (GST_TYPE_P2P_SFRAME_PAD, "name", "sink", "direction", GST_PAD_SINK,
                      "template", gst_element_get_pad_template (GST_ELEMENT (self), "sink"), NULL);
  gst_pad_set_chain_function (priv->sinkpad, on_chain);
  gst_pad_set_chain_list_function (priv->sinkpad, on_chain_list);
  gst_pad_set_event_function (priv->sinkpad, on_sink_event);
  gst_pad_set_query_function (priv->sinkpad, on_sink_query);
  priv->srcpad
      = gst_pad_new_from_template (gst_element_get_pad_template (GST_ELEMENT (self), "src"), "src");
  gst_pad_set_query_function (priv->srcpad, on_src_query);
  gst_pad_use_fixed_caps (priv->srcpad);
  priv->keys = gst_p2p_sframe_keys_new (GST_ELEMENT (self), priv->sinkpad, priv->srcpad);
  gst_element_add_pad (GST_ELEMENT (self), priv->sinkpad);
  gst_element_add_pad (GST_ELEMENT (self), priv->srcpad);
}
