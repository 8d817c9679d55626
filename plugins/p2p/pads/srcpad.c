/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * srcpad: see srcpad.h.
 */
#include "plugins/p2p/pads/srcpad.h"

struct _GstP2pSrcPad
{
  GstGhostPad parent;

  /* OBJECT_LOCK */
  gchar *label;
  gint stream_id; /* -1: no channel has had it yet */
  gchar *sender_pad;
  gboolean begun;
  GSource *progress; /* while a channel has it */
};

G_DEFINE_FINAL_TYPE (GstP2pSrcPad, gst_p2p_src_pad, GST_TYPE_GHOST_PAD)

enum
{
  PROP_0,
  PROP_LABEL,
  PROP_STREAM_ID,
  PROP_SENDER_PAD
};

static void
gst_p2p_src_pad_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  GstP2pSrcPad *self = GST_P2P_SRC_PAD (object);

  GST_OBJECT_LOCK (self);
  switch (id)
    {
    case PROP_LABEL:
      g_value_set_string (value, self->label);
      break;
    case PROP_STREAM_ID:
      g_value_set_int (value, self->stream_id);
      break;
    case PROP_SENDER_PAD:
      g_value_set_string (value, self->sender_pad);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
  GST_OBJECT_UNLOCK (self);
}

static void
gst_p2p_src_pad_finalize (GObject *object)
{
  GstP2pSrcPad *self = GST_P2P_SRC_PAD (object);

  g_free (self->label);
  g_free (self->sender_pad);
  g_clear_pointer (&self->progress, g_source_unref);
  G_OBJECT_CLASS (gst_p2p_src_pad_parent_class)->finalize (object);
}

static void
gst_p2p_src_pad_class_init (GstP2pSrcPadClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS;

  object_class->get_property = gst_p2p_src_pad_get_property;
  object_class->finalize = gst_p2p_src_pad_finalize;

  g_object_class_install_property (
      object_class, PROP_LABEL,
      g_param_spec_string ("label", "Label", "The data channel's label, as the sender has it", NULL,
                           flags));
  g_object_class_install_property (object_class, PROP_STREAM_ID,
                                   g_param_spec_int ("stream-id", "Stream id",
                                                     "The data channel's SCTP stream", -1,
                                                     G_MAXUINT16, -1, flags));
  g_object_class_install_property (
      object_class, PROP_SENDER_PAD,
      g_param_spec_string ("sender-pad", "Sender's pad",
                           "Name of the sender's pad; NULL: it does not tell, as with raw framing",
                           NULL, flags));
}

static void
gst_p2p_src_pad_init (GstP2pSrcPad *self)
{
  self->stream_id = -1;
}

GstP2pSrcPad *
gst_p2p_src_pad_new (GstPadTemplate *templ, const gchar *name)
{
  return g_object_new (GST_TYPE_P2P_SRC_PAD, "name", name, "direction", GST_PAD_SRC, "template",
                       templ, NULL);
}

void
gst_p2p_src_pad_take (GstP2pSrcPad *self, guint16 stream, const gchar *label, GSource *progress)
{
  GST_OBJECT_LOCK (self);
  g_free (self->label);
  self->label = g_strdup (label);
  g_clear_pointer (&self->sender_pad, g_free);
  self->stream_id = stream;
  self->begun = FALSE;
  g_clear_pointer (&self->progress, g_source_unref);
  self->progress = g_source_ref (progress);
  GST_OBJECT_UNLOCK (self);

  g_object_notify (G_OBJECT (self), "label");
  g_object_notify (G_OBJECT (self), "stream-id");
  g_object_notify (G_OBJECT (self), "sender-pad");
}

void
gst_p2p_src_pad_release (GstP2pSrcPad *self)
{
  GST_OBJECT_LOCK (self);
  g_clear_pointer (&self->progress, g_source_unref);
  GST_OBJECT_UNLOCK (self);
}

static void
wake (GstP2pSrcPad *self)
{
  g_autoptr (GSource) progress = NULL;

  GST_OBJECT_LOCK (self);
  progress = self->progress ? g_source_ref (self->progress) : NULL;
  GST_OBJECT_UNLOCK (self);
  if (progress)
    g_source_set_ready_time (progress, 0);
}

void
gst_p2p_src_pad_set_sender_pad (GstP2pSrcPad *self, const gchar *name)
{
  GST_OBJECT_LOCK (self);
  g_free (self->sender_pad);
  self->sender_pad = g_strdup (name);
  GST_OBJECT_UNLOCK (self);

  g_object_notify (G_OBJECT (self), "sender-pad");
  wake (self);
}

void
gst_p2p_src_pad_begin (GstP2pSrcPad *self)
{
  GST_OBJECT_LOCK (self);
  self->begun = TRUE;
  GST_OBJECT_UNLOCK (self);
  wake (self);
}

gboolean
gst_p2p_src_pad_has_begun (GstP2pSrcPad *self)
{
  gboolean begun;

  GST_OBJECT_LOCK (self);
  begun = self->begun;
  GST_OBJECT_UNLOCK (self);
  return begun;
}
