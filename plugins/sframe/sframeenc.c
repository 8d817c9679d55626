/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * SECTION:element-sframeenc
 * @title: sframeenc
 *
 * Seals each encoded frame, so that whoever carries it can neither read it nor change it unnoticed:
 * as RFC 9605 says, or as the browser workers of Jitsi and LiveKit do. Put it behind the encoder
 * and its parser. docs/e2ee.md has formats, keys and rules.
 *
 * |[
 * gst-launch-1.0 videotestsrc is-live=true ! vp8enc deadline=1 \
 *   ! sframeenc key=2b7e151628aed2a6abf7158809cf4f3c ! p2psink remote-id=cam1
 * ]| Only sframedec with the same key opens it. Never use that key, which is known to everybody.
 */
#include "plugins/sframe/sframeenc.h"

#include <string.h>

#include "gst/p2p/base/error.h"
#include "plugins/sframe/log.h"

#define GST_CAT_DEFAULT gst_p2p_sframe_enc_debug

/* How many elements may stand between this one and a decoder that is there by mistake. */
#define MAX_WALK 8

struct _GstSframeEnc
{
  GstP2pSframeBase parent;

  /* OBJECT_LOCK */
  guint64 first_counter;

  /* atomic */
  gint ratchets; /* asked for, not yet done */

  /* stream lock */
  GstP2pSframeSealer *sealer;
  GstP2pSframeKeyring *ring;
  guint generation; /* of the ring, when the key was last published */
  gboolean has_key;
  gboolean had_key;
  guint key_id_serial; /* of the key-id that was last put into the sealer */
  guint64 counter_setting;
  gboolean caps_sent;
};

G_DEFINE_FINAL_TYPE (GstSframeEnc, gst_sframe_enc, GST_TYPE_P2P_SFRAME_BASE)
GST_ELEMENT_REGISTER_DEFINE (sframeenc, "sframeenc", GST_RANK_NONE, GST_TYPE_SFRAME_ENC)

enum
{
  PROP_0,
  PROP_FIRST_COUNTER,
};

/* --- the key --- */

/* A key came into use: says so, and lets the receivers begin with a key frame. */
static void
publish_key (GstSframeEnc *self)
{
  GstP2pSframeBase *base = GST_P2P_SFRAME_BASE (self);
  GstP2pSframeStats *stats;
  guint64 kid = 0, counter;
  gchar fingerprint[GST_P2P_SFRAME_FINGERPRINT_SIZE] = "";

  self->generation = gst_p2p_sframe_keyring_get_generation (self->ring);
  gst_p2p_sframe_sealer_get_current (self->sealer, &kid, &counter, fingerprint);
  stats = gst_p2p_sframe_base_lock_stats (base);
  stats->has_key = TRUE;
  stats->kid = kid;
  memcpy (stats->fingerprint, fingerprint, sizeof fingerprint);
  gst_p2p_sframe_base_unlock_stats (base);
  if (self->had_key)
    gst_p2p_sframe_base_request_key_frame (base);
  self->has_key = self->had_key = TRUE;
  gst_p2p_sframe_base_key_changed (base, kid);
}

/* The ring changed. If it has another key under the same id, the sealer uses that by now. */
static void
notice_replaced_key (GstSframeEnc *self)
{
  GstP2pSframeStats *stats;
  guint64 kid, counter;
  gchar fingerprint[GST_P2P_SFRAME_FINGERPRINT_SIZE];
  gboolean replaced;

  self->generation = gst_p2p_sframe_keyring_get_generation (self->ring);
  if (!gst_p2p_sframe_sealer_get_current (self->sealer, &kid, &counter, fingerprint))
    return;
  stats = gst_p2p_sframe_base_lock_stats (GST_P2P_SFRAME_BASE (self));
  replaced = memcmp (stats->fingerprint, fingerprint, sizeof fingerprint) != 0;
  gst_p2p_sframe_base_unlock_stats (GST_P2P_SFRAME_BASE (self));
  if (replaced)
    publish_key (self);
}

/* Puts the key that key-id names into the sealer, and asks the application for it if need be. */
static gboolean
use_key (GstSframeEnc *self, GError **error)
{
  GstP2pSframeBase *base = GST_P2P_SFRAME_BASE (self);
  GError *reason = NULL;
  guint64 kid;

  self->has_key = FALSE;
  self->key_id_serial = gst_p2p_sframe_base_get_key_id_serial (base);
  kid = gst_p2p_sframe_base_get_key_id (base);
  if (!gst_p2p_sframe_sealer_set_key (self->sealer, kid, self->counter_setting, &reason)
      && g_error_matches (reason, GST_P2P_ERROR, GST_P2P_ERROR_NOT_FOUND))
    {
      g_clear_error (&reason);
      gst_p2p_sframe_base_request_key (base, kid);
      gst_p2p_sframe_sealer_set_key (self->sealer, kid, self->counter_setting, &reason);
    }
  if (reason)
    {
      g_propagate_error (error, reason);
      return FALSE;
    }
  publish_key (self);
  return TRUE;
}

static gboolean
apply_ratchets (GstSframeEnc *self, GError **error)
{
  guint64 kid = 0, counter;
  gchar fingerprint[GST_P2P_SFRAME_FINGERPRINT_SIZE];

  while (g_atomic_int_get (&self->ratchets) > 0)
    {
      g_atomic_int_add (&self->ratchets, -1);
      if (!gst_p2p_sframe_sealer_ratchet (self->sealer, error))
        return FALSE;
    }
  gst_p2p_sframe_sealer_get_current (self->sealer, &kid, &counter, fingerprint);
  gst_p2p_sframe_base_set_key_id (GST_P2P_SFRAME_BASE (self), kid);
  self->key_id_serial = gst_p2p_sframe_base_get_key_id_serial (GST_P2P_SFRAME_BASE (self));
  publish_key (self);
  return TRUE;
}

/* Whether the sealer has the key that it should have. */
static gboolean
ensure_key (GstSframeEnc *self, GError **error)
{
  GstP2pSframeBase *base = GST_P2P_SFRAME_BASE (self);

  if ((!self->has_key || self->key_id_serial != gst_p2p_sframe_base_get_key_id_serial (base))
      && !use_key (self, error))
    return FALSE;
  return g_atomic_int_get (&self->ratchets) == 0 || apply_ratchets (self, error);
}

/* --- caps --- */

static gboolean
has_class (GstElement *element, const gchar *name)
{
  const gchar *classes = gst_element_class_get_metadata (GST_ELEMENT_GET_CLASS (element),
                                                         GST_ELEMENT_METADATA_KLASS);

  return classes && strstr (classes, name);
}

/*
 * The name of the element that would look into the frames, if only queues and the like are between
 * it and @pad.
 */
static gchar *
find_decoder (GstPad *pad)
{
  GstPad *peer = gst_pad_get_peer (pad);
  gchar *name = NULL;

  for (guint i = 0; peer && i < MAX_WALK; i++)
    {
      GstElement *element = gst_pad_get_parent_element (peer);
      GstPad *next = NULL;

      g_clear_pointer (&peer, gst_object_unref);
      if (!element)
        break;
      if (has_class (element, "Decoder") || has_class (element, "Parser"))
        name = gst_object_get_name (GST_OBJECT (element));
      else if (has_class (element, "Generic"))
        next = gst_element_get_static_pad (element, "src");
      gst_object_unref (element);
      if (next)
        {
          peer = gst_pad_get_peer (next);
          gst_object_unref (next);
        }
    }
  g_clear_pointer (&peer, gst_object_unref);
  return name;
}

static gboolean
refuse_decoder (GstSframeEnc *self, GError **error)
{
  g_autofree gchar *name
      = find_decoder (gst_p2p_sframe_base_get_src_pad (GST_P2P_SFRAME_BASE (self)));

  if (!name)
    return TRUE;
  g_set_error (error, GST_P2P_ERROR, GST_P2P_ERROR_SETTINGS,
               "The element %s would get protected frames, which it cannot read: put a sframedec "
               "before it",
               name);
  return FALSE;
}

/* Sends the caps of the protected stream; @caps is NULL for bytes without caps. */
static gboolean
send_caps (GstSframeEnc *self, const GstCaps *caps)
{
  GstP2pSframeBase *base = GST_P2P_SFRAME_BASE (self);
  GstPad *src = gst_p2p_sframe_base_get_src_pad (base);
  GError *error = NULL;
  GstCaps *result = gst_p2p_sframe_caps_protect (gst_p2p_sframe_base_get_format (base), caps,
                                                 gst_p2p_sframe_base_get_media (base), &error);
  gboolean ok = FALSE;

  if (result && refuse_decoder (self, &error))
    {
      /* An unlinked pad keeps them for its peer to come. */
      ok = gst_pad_push_event (src, gst_event_new_caps (result)) || !gst_pad_is_linked (src);
      if (!ok && !GST_PAD_IS_FLUSHING (src))
        g_set_error_literal (&error, GST_P2P_ERROR, GST_P2P_ERROR_SETTINGS,
                             "The element behind sframeenc refuses the caps of protected frames; "
                             "it may look into frames, as decoders, parsers and most RTP "
                             "payloaders do");
    }
  gst_clear_caps (&result);
  self->caps_sent = ok;
  if (error)
    gst_p2p_sframe_base_post_error (base, error);
  return ok;
}

/* Before a frame whose caps did not get through, or never came. */
static gboolean
send_current_caps (GstSframeEnc *self)
{
  GstCaps *caps
      = gst_pad_get_current_caps (gst_p2p_sframe_base_get_sink_pad (GST_P2P_SFRAME_BASE (self)));
  gboolean ok = send_caps (self, caps);

  gst_clear_caps (&caps);
  return ok;
}

/* --- frames and events --- */

static GstBuffer *
seal (GstSframeEnc *self, GstBuffer *in, GError **error)
{
  GstP2pSframeBase *base = GST_P2P_SFRAME_BASE (self);
  GstP2pSframeFrame frame;
  GstMapInfo from, to;
  GstBuffer *out;
  gsize size = 0;
  gboolean ok;

  if (!gst_buffer_map (in, &from, GST_MAP_READ))
    {
      g_set_error_literal (error, GST_P2P_ERROR, GST_P2P_ERROR_FAILED, "A frame cannot be read");
      return NULL;
    }
  gst_p2p_sframe_base_fill (base, in, &from, &frame);
  out = gst_p2p_sframe_frame_pool_acquire (
      gst_p2p_sframe_base_get_pool (base),
      gst_p2p_sframe_sealer_get_max_size (self->sealer, &frame));
  if (!out || !gst_buffer_map (out, &to, GST_MAP_WRITE))
    {
      g_set_error (error, GST_P2P_ERROR, GST_P2P_ERROR_LIMIT,
                   "There is no memory for a frame of %" G_GSIZE_FORMAT " bytes", from.size);
      gst_buffer_unmap (in, &from);
      gst_clear_buffer (&out);
      return NULL;
    }
  ok = gst_p2p_sframe_sealer_seal (self->sealer, &frame, to.data, &size, error);
  gst_buffer_unmap (out, &to);
  gst_buffer_unmap (in, &from);
  if (!ok)
    {
      gst_buffer_unref (out);
      return NULL;
    }
  gst_buffer_set_size (out, (gssize)size);
  gst_buffer_copy_into (out, in, GST_BUFFER_COPY_METADATA, 0, (gsize)-1);
  return out;
}

static GstFlowReturn
handle_frame (GstP2pSframeBase *base, GstBuffer *in, GstBuffer **out)
{
  GstSframeEnc *self = GST_SFRAME_ENC (base);
  GError *error = NULL;

  if (!self->caps_sent && !send_current_caps (self))
    {
      gst_buffer_unref (in);
      return GST_PAD_IS_FLUSHING (gst_p2p_sframe_base_get_src_pad (base)) ? GST_FLOW_FLUSHING
                                                                          : GST_FLOW_NOT_NEGOTIATED;
    }
  if (ensure_key (self, &error))
    {
      *out = seal (self, in, &error);
      /* The key was removed meanwhile: there may be another, or the application has one. */
      if (!*out && g_error_matches (error, GST_P2P_ERROR, GST_P2P_ERROR_NOT_FOUND))
        {
          g_clear_error (&error);
          if (use_key (self, &error))
            *out = seal (self, in, &error);
        }
    }
  gst_buffer_unref (in);
  if (*out)
    {
      if (self->generation != gst_p2p_sframe_keyring_get_generation (self->ring))
        notice_replaced_key (self);
      return GST_FLOW_OK;
    }
  gst_p2p_sframe_base_post_error (base, error);
  return GST_FLOW_ERROR;
}

/* The event that switches keys between two frames. */
static gboolean
on_key_event (GstSframeEnc *self, const GstStructure *structure)
{
  GError *error = NULL;
  guint64 kid;

  if (!gst_structure_get_uint64 (structure, "key-id", &kid))
    {
      g_set_error_literal (&error, GST_P2P_ERROR, GST_P2P_ERROR_SETTINGS,
                           "An event " GST_P2P_SFRAME_KEY_EVENT " has no key-id of type guint64");
      gst_p2p_sframe_base_post_error (GST_P2P_SFRAME_BASE (self), error);
      return FALSE;
    }
  gst_p2p_sframe_base_set_key_id (GST_P2P_SFRAME_BASE (self), kid);
  if (ensure_key (self, &error))
    return TRUE;
  gst_p2p_sframe_base_post_error (GST_P2P_SFRAME_BASE (self), error);
  return FALSE;
}

static gboolean
handle_event (GstP2pSframeBase *base, GstEvent *event)
{
  GstSframeEnc *self = GST_SFRAME_ENC (base);
  GstPad *sink = gst_p2p_sframe_base_get_sink_pad (base);
  GstCaps *caps;
  gboolean ok;

  if (GST_EVENT_TYPE (event) == GST_EVENT_CAPS)
    {
      gst_event_parse_caps (event, &caps);
      ok = send_caps (self, caps);
      gst_event_unref (event);
      return ok;
    }
  if (gst_event_has_name (event, GST_P2P_SFRAME_KEY_EVENT))
    {
      ok = on_key_event (self, gst_event_get_structure (event));
      gst_event_unref (event);
      return ok;
    }
  /* A segment without caps before it: these are bytes. Once protected they have caps, which must
   * come first. */
  if (GST_EVENT_TYPE (event) == GST_EVENT_SEGMENT && !self->caps_sent
      && gst_p2p_sframe_base_get_format (base) == GST_P2P_SFRAME_FORMAT_SFRAME)
    send_caps (self, NULL);
  return gst_pad_event_default (sink, GST_OBJECT (self), event);
}

/* --- life --- */

static gboolean
start (GstP2pSframeBase *base, GstP2pSframeKeyring *ring, const GstP2pSframeConfig *config,
       GError **error)
{
  GstSframeEnc *self = GST_SFRAME_ENC (base);

  GST_OBJECT_LOCK (self);
  self->counter_setting = self->first_counter;
  GST_OBJECT_UNLOCK (self);
  self->has_key = self->had_key = FALSE;
  self->caps_sent = FALSE;
  g_atomic_int_set (&self->ratchets, 0);
  self->ring = g_object_ref (ring);
  self->sealer = gst_p2p_sframe_sealer_new (config, ring, error);
  return self->sealer != NULL;
}

static void
stop (GstP2pSframeBase *base)
{
  GstSframeEnc *self = GST_SFRAME_ENC (base);

  g_clear_pointer (&self->sealer, gst_p2p_sframe_sealer_free);
  g_clear_object (&self->ring);
}

static GstFlowReturn
prepare (GstP2pSframeBase *base)
{
  return GST_FLOW_OK;
}

/* Any thread; it is done before the next frame. */
static gboolean
ratchet (GstP2pSframeBase *base)
{
  GstP2pSframeFormat format;
  guint bits;

  g_object_get (base, "format", &format, "ratchet-bits", &bits, NULL);
  if (format == GST_P2P_SFRAME_FORMAT_SFRAME && bits == 0)
    {
      GST_WARNING_OBJECT (base, "a ratchet in format sframe needs ratchet-bits");
      return FALSE;
    }
  g_atomic_int_inc (&GST_SFRAME_ENC (base)->ratchets);
  return TRUE;
}

static void
set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  GstSframeEnc *self = GST_SFRAME_ENC (object);

  GST_OBJECT_LOCK (self);
  if (id == PROP_FIRST_COUNTER)
    self->first_counter = g_value_get_uint64 (value);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  GST_OBJECT_UNLOCK (self);
}

static void
get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  GstSframeEnc *self = GST_SFRAME_ENC (object);

  GST_OBJECT_LOCK (self);
  if (id == PROP_FIRST_COUNTER)
    g_value_set_uint64 (value, self->first_counter);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  GST_OBJECT_UNLOCK (self);
}

static void
gst_sframe_enc_class_init (GstSframeEncClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GstP2pSframeBaseClass *base_class = GST_P2P_SFRAME_BASE_CLASS (klass);

  object_class->set_property = set_property;
  object_class->get_property = get_property;
  base_class->sealing = TRUE;
  base_class->start = start;
  base_class->stop = stop;
  base_class->prepare = prepare;
  base_class->frame = handle_frame;
  base_class->event = handle_event;
  base_class->ratchet = ratchet;
  g_object_class_install_property (
      object_class, PROP_FIRST_COUNTER,
      g_param_spec_uint64 ("first-counter", "First counter",
                           "Counter of the first frame under a key; the default, all ones, takes "
                           "one from the clock that no earlier run can have used",
                           0, G_MAXUINT64, GST_P2P_SFRAME_COUNTER_AUTO,
                           G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | GST_PARAM_MUTABLE_READY));
  gst_element_class_set_static_metadata (
      GST_ELEMENT_CLASS (klass), "Frame encrypter", "Filter/Encryptor",
      "Seals each frame end to end (SFrame, RFC 9605)", "The gst-p2p authors");
}

static void
gst_sframe_enc_init (GstSframeEnc *self)
{
  self->first_counter = GST_P2P_SFRAME_COUNTER_AUTO;
}
