/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * types: see types.h.
 */
#include "plugins/sframe/types.h"

GType
gst_p2p_sframe_format_get_type (void)
{
  static gsize type;
  static const GEnumValue values[] = {
    { GST_P2P_SFRAME_FORMAT_SFRAME, "RFC 9605", "sframe" },
    { GST_P2P_SFRAME_FORMAT_JITSI, "Jitsi Meet's browser worker", "jitsi" },
    { GST_P2P_SFRAME_FORMAT_LIVEKIT, "LiveKit's browser worker", "livekit" },
    { 0, NULL, NULL },
  };

  if (g_once_init_enter (&type))
    g_once_init_leave (&type, g_enum_register_static ("GstP2pSframeFormat", values));
  return type;
}

GType
gst_p2p_sframe_suite_get_type (void)
{
  static gsize type;
  static GEnumValue values[9];

  if (g_once_init_enter (&type))
    {
      for (gint id = 1; id <= 8; id++)
        {
          const GstP2pSframeSuiteInfo *info = gst_p2p_sframe_suite_get_info ((guint)id, NULL);

          values[id - 1] = (GEnumValue){ id, info->name, info->nick };
        }
      g_once_init_leave (&type, g_enum_register_static ("GstP2pSframeSuite", values));
    }
  return type;
}

const gchar *
gst_p2p_sframe_verdict_get_nick (GstP2pSframeVerdict verdict)
{
  switch (verdict)
    {
    case GST_P2P_SFRAME_VERDICT_NO_KEY:
      return "no-key";
    case GST_P2P_SFRAME_VERDICT_BAD_TAG:
      return "bad-tag";
    case GST_P2P_SFRAME_VERDICT_REPLAY:
      return "replay";
    case GST_P2P_SFRAME_VERDICT_MALFORMED:
    default:
      return "malformed";
    }
}
