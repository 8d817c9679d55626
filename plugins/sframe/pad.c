/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * pad: see pad.h.
 */
#include "plugins/sframe/pad.h"

#include <string.h>

#include "gst/p2p/base/hex.h"

struct _GstP2pSframePad
{
  GstPad parent;

  /* atomic, changed under OBJECT_LOCK */
  guint version;

  /* OBJECT_LOCK */
  GBytes *metadata;
};

G_DEFINE_FINAL_TYPE (GstP2pSframePad, gst_p2p_sframe_pad, GST_TYPE_PAD)

enum
{
  PROP_0,
  PROP_METADATA,
};

gboolean
gst_p2p_sframe_pad_get_metadata (GstP2pSframePad *self, guint *version, GBytes **metadata)
{
  if ((guint)g_atomic_int_get (&self->version) == *version)
    return FALSE;
  GST_OBJECT_LOCK (self);
  *version = self->version;
  g_clear_pointer (metadata, g_bytes_unref);
  if (self->metadata)
    *metadata = g_bytes_ref (self->metadata);
  GST_OBJECT_UNLOCK (self);
  return TRUE;
}

/* NULL if there is no text, if it is empty, or if it is not hexadecimal. */
static GBytes *
from_hex (const gchar *text)
{
  gsize size = text ? strlen (text) / 2 : 0;
  g_autofree guint8 *data = NULL;

  if (size == 0)
    return NULL;
  data = g_malloc (size);
  if (!gst_p2p_hex_parse (text, data, size))
    return NULL;
  return text[2 * size] == '\0' ? g_bytes_new_take (g_steal_pointer (&data), size) : NULL;
}

static void
set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  GstP2pSframePad *self = GST_P2P_SFRAME_PAD (object);
  const gchar *text;
  GBytes *bytes;

  if (id != PROP_METADATA)
    {
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
      return;
    }
  text = g_value_get_string (value);
  bytes = from_hex (text);
  if (!bytes && text && *text != '\0')
    {
      g_warning ("metadata must be an even number of hexadecimal digits, not \"%s\"", text);
      return;
    }
  GST_OBJECT_LOCK (self);
  g_clear_pointer (&self->metadata, g_bytes_unref);
  self->metadata = bytes;
  g_atomic_int_inc (&self->version);
  GST_OBJECT_UNLOCK (self);
}

static void
get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  GstP2pSframePad *self = GST_P2P_SFRAME_PAD (object);

  if (id != PROP_METADATA)
    {
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
      return;
    }
  GST_OBJECT_LOCK (self);
  g_value_take_string (value, gst_p2p_hex_print_bytes (self->metadata));
  GST_OBJECT_UNLOCK (self);
}

static void
finalize (GObject *object)
{
  g_clear_pointer (&GST_P2P_SFRAME_PAD (object)->metadata, g_bytes_unref);
  G_OBJECT_CLASS (gst_p2p_sframe_pad_parent_class)->finalize (object);
}

static void
gst_p2p_sframe_pad_class_init (GstP2pSframePadClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->set_property = set_property;
  object_class->get_property = get_property;
  object_class->finalize = finalize;
  g_object_class_install_property (
      object_class, PROP_METADATA,
      g_param_spec_string ("metadata", "Metadata",
                           "Hexadecimal bytes that are bound to each frame but not sent: both ends "
                           "must set the same (format sframe)",
                           NULL,
                           G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | GST_PARAM_MUTABLE_PLAYING));
}

static void
gst_p2p_sframe_pad_init (GstP2pSframePad *self)
{
  self->version = 1;
}
