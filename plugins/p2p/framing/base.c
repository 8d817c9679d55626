/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * base: see base.h.
 */
/**
 * SECTION:GstP2pFramingBase
 *
 * What p2pframepay and p2pframedepay have in common. The framing has to be the same at both ends.
 */
#include "plugins/p2p/framing/base.h"

#include <gst/video/video.h>

#include "gst/p2p/frame/frame.h"
#include "plugins/p2p/base/counter.h"
#include "plugins/p2p/base/messagepad.h"
#include "plugins/p2p/framing/enums.h"

#define DEFAULT_MAX_MESSAGE_SIZE 65536 /* of a remote that states none: wire format, section 2 */
#define OWN_KEY_UNIT_INTERVAL_US G_USEC_PER_SEC /* between requests of this element */

typedef struct
{
  /* OBJECT_LOCK */
  GstP2pFraming framing;
  gboolean acknowledged;
  gboolean unreliable;
  guint max_message_size;

  /* streaming thread of the sink pad; state changes while it is stopped */
  gint64 key_unit_us; /* when one was last requested */

  /* any thread */
  GstP2pCounter n_objects;
  GstP2pCounter n_bytes;
  GstP2pCounter n_dropped;
} GstP2pFramingBasePrivate;

enum
{
  PROP_0,
  PROP_FRAMING,
  PROP_ACKNOWLEDGED,
  PROP_MAX_MESSAGE_SIZE,
  PROP_UNRELIABLE
};

static GstStaticPadTemplate sink_template
    = GST_STATIC_PAD_TEMPLATE ("sink", GST_PAD_SINK, GST_PAD_ALWAYS, GST_STATIC_CAPS_ANY);
static GstStaticPadTemplate src_template
    = GST_STATIC_PAD_TEMPLATE ("src", GST_PAD_SRC, GST_PAD_ALWAYS, GST_STATIC_CAPS_ANY);

G_DEFINE_ABSTRACT_TYPE_WITH_PRIVATE (GstP2pFramingBase, gst_p2p_framing_base, GST_TYPE_ELEMENT)

#define PRIVATE(self) ((GstP2pFramingBasePrivate *)gst_p2p_framing_base_get_instance_private (self))

/* --- for the derived elements --- */

GstPad *
gst_p2p_framing_base_add_pad (GstP2pFramingBase *self, const gchar *name)
{
  GstPadTemplate *template = gst_element_get_pad_template (GST_ELEMENT (self), name);
  GstPad *pad = gst_pad_new_from_template (template, name);

  gst_pad_set_event_function (pad, gst_p2p_message_pad_event);
  gst_pad_set_query_function (pad, gst_p2p_message_pad_query);
  gst_element_add_pad (GST_ELEMENT (self), pad);
  return pad;
}

void
gst_p2p_framing_base_count_object (GstP2pFramingBase *self, gsize size)
{
  gst_p2p_counter_add (&PRIVATE (self)->n_objects, 1);
  gst_p2p_counter_add (&PRIVATE (self)->n_bytes, size);
}

void
gst_p2p_framing_base_count_dropped (GstP2pFramingBase *self)
{
  gst_p2p_counter_add (&PRIVATE (self)->n_dropped, 1);
}

GstStructure *
gst_p2p_framing_base_get_stats (GstP2pFramingBase *self, const gchar *name)
{
  GstP2pFramingBasePrivate *priv = PRIVATE (self);

  return gst_structure_new (name, "objects", G_TYPE_UINT64, gst_p2p_counter_get (&priv->n_objects),
                            "bytes", G_TYPE_UINT64, gst_p2p_counter_get (&priv->n_bytes), "dropped",
                            G_TYPE_UINT64, gst_p2p_counter_get (&priv->n_dropped), NULL);
}

gboolean
gst_p2p_framing_base_may_request_key_unit (GstP2pFramingBase *self)
{
  GstP2pFramingBasePrivate *priv = PRIVATE (self);
  gint64 now_us = g_get_monotonic_time ();

  if (priv->key_unit_us != 0 && now_us - priv->key_unit_us < OWN_KEY_UNIT_INTERVAL_US)
    return FALSE;
  priv->key_unit_us = now_us;
  return TRUE;
}

/* --- life --- */

static void
start (GstP2pFramingBase *self)
{
  GstP2pFramingBasePrivate *priv = PRIVATE (self);
  GstP2pFramingAgreement agreement;

  GST_OBJECT_LOCK (self);
  agreement = (GstP2pFramingAgreement){ .raw = priv->framing == GST_P2P_FRAMING_RAW,
                                        .acknowledged = priv->framing != GST_P2P_FRAMING_RAW
                                                        || priv->acknowledged,
                                        .unreliable = priv->unreliable,
                                        .max_message_size = priv->max_message_size };
  GST_OBJECT_UNLOCK (self);
  priv->key_unit_us = 0;
  priv->n_objects = priv->n_bytes = priv->n_dropped = 0;
  GST_P2P_FRAMING_BASE_GET_CLASS (self)->start (self, &agreement);
}

static GstStateChangeReturn
change_state (GstElement *element, GstStateChange transition)
{
  GstP2pFramingBase *self = GST_P2P_FRAMING_BASE (element);
  GstP2pFramingBaseClass *klass = GST_P2P_FRAMING_BASE_GET_CLASS (self);
  GstStateChangeReturn result;

  if (transition == GST_STATE_CHANGE_READY_TO_PAUSED)
    start (self);
  else if (transition == GST_STATE_CHANGE_PAUSED_TO_READY)
    klass->interrupt (self);
  result
      = GST_ELEMENT_CLASS (gst_p2p_framing_base_parent_class)->change_state (element, transition);
  if (transition == GST_STATE_CHANGE_PAUSED_TO_READY
      || (transition == GST_STATE_CHANGE_READY_TO_PAUSED && result == GST_STATE_CHANGE_FAILURE))
    klass->stop (self);
  return result;
}

static void
set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  GstP2pFramingBasePrivate *priv = PRIVATE (GST_P2P_FRAMING_BASE (object));

  GST_OBJECT_LOCK (object);
  switch (id)
    {
    case PROP_FRAMING:
      priv->framing = g_value_get_enum (value);
      break;
    case PROP_ACKNOWLEDGED:
      priv->acknowledged = g_value_get_boolean (value);
      break;
    case PROP_MAX_MESSAGE_SIZE:
      priv->max_message_size = g_value_get_uint (value);
      break;
    case PROP_UNRELIABLE:
      priv->unreliable = g_value_get_boolean (value);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
      break;
    }
  GST_OBJECT_UNLOCK (object);
}

static void
get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  GstP2pFramingBasePrivate *priv = PRIVATE (GST_P2P_FRAMING_BASE (object));

  GST_OBJECT_LOCK (object);
  switch (id)
    {
    case PROP_FRAMING:
      g_value_set_enum (value, priv->framing);
      break;
    case PROP_ACKNOWLEDGED:
      g_value_set_boolean (value, priv->acknowledged);
      break;
    case PROP_MAX_MESSAGE_SIZE:
      g_value_set_uint (value, priv->max_message_size);
      break;
    case PROP_UNRELIABLE:
      g_value_set_boolean (value, priv->unreliable);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
      break;
    }
  GST_OBJECT_UNLOCK (object);
}

static void
gst_p2p_framing_base_init (GstP2pFramingBase *self)
{
  PRIVATE (self)->max_message_size = DEFAULT_MAX_MESSAGE_SIZE;
}

static void
gst_p2p_framing_base_class_init (GstP2pFramingBaseClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GstElementClass *element_class = GST_ELEMENT_CLASS (klass);
  const GParamFlags flags = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | GST_PARAM_MUTABLE_READY;

  object_class->set_property = set_property;
  object_class->get_property = get_property;
  element_class->change_state = change_state;

  g_object_class_install_property (
      object_class, PROP_FRAMING,
      g_param_spec_enum ("framing", "Framing", "How buffers and messages become each other",
                         GST_TYPE_P2P_FRAMING, GST_P2P_FRAMING_FRAMES, flags));
  g_object_class_install_property (
      object_class, PROP_ACKNOWLEDGED,
      g_param_spec_boolean ("acknowledged", "Acknowledged",
                            "Raw framing: the receiver acknowledges messages, as it does frames",
                            FALSE, flags));
  g_object_class_install_property (
      object_class, PROP_MAX_MESSAGE_SIZE,
      g_param_spec_uint ("max-message-size", "Maximum message size",
                         "Bytes of a message that the remote takes; frames use 16 KiB at most",
                         GST_P2P_FRAME_MIN_MESSAGE, G_MAXUINT, DEFAULT_MAX_MESSAGE_SIZE, flags));
  g_object_class_install_property (object_class, PROP_UNRELIABLE,
                                   g_param_spec_boolean ("unreliable", "Unreliable",
                                                         "The channel may lose or reorder messages",
                                                         FALSE, flags));

  gst_element_class_add_static_pad_template (element_class, &sink_template);
  gst_element_class_add_static_pad_template (element_class, &src_template);
  gst_type_mark_as_plugin_api (GST_TYPE_P2P_FRAMING_BASE, 0);
  gst_type_mark_as_plugin_api (GST_TYPE_P2P_FRAMING, 0);
  /* Caps of many encoders have a field of this type, which must be registered before they are
   * parsed. */
  g_type_ensure (GST_TYPE_VIDEO_MULTIVIEW_FLAGSET);
}
