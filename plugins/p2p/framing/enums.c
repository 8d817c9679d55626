/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * enums: see enums.h.
 */
#include "plugins/p2p/framing/enums.h"

GType
gst_p2p_framing_get_type (void)
{
  static GType type;

  if (g_once_init_enter (&type))
    {
      static const GEnumValue values[] = {
        { GST_P2P_FRAMING_FRAMES, "Buffers with timestamps, caps and events", "frames" },
        { GST_P2P_FRAMING_RAW, "One buffer is one message, nothing else", "raw" },
        { 0, NULL, NULL },
      };

      g_once_init_leave (&type, g_enum_register_static ("GstP2pFraming", values));
    }
  return type;
}

GType
gst_p2p_leaky_get_type (void)
{
  static GType type;

  if (g_once_init_enter (&type))
    {
      static const GEnumValue values[] = {
        { GST_P2P_LEAKY_NO, "A slow receiver blocks the sender", "no" },
        { GST_P2P_LEAKY_DOWNSTREAM, "A slow receiver loses buffers up to the next keyframe",
          "downstream" },
        { 0, NULL, NULL },
      };

      g_once_init_leave (&type, g_enum_register_static ("GstP2pLeaky", values));
    }
  return type;
}
