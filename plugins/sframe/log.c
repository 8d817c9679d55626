/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * log: see log.h.
 */
#include "plugins/sframe/log.h"

GST_DEBUG_CATEGORY (gst_p2p_sframe_debug);
GST_DEBUG_CATEGORY (gst_p2p_sframe_enc_debug);
GST_DEBUG_CATEGORY (gst_p2p_sframe_dec_debug);

void
gst_p2p_sframe_log_init (void)
{
  static gsize done;

  if (!g_once_init_enter (&done))
    return;
  GST_DEBUG_CATEGORY_INIT (gst_p2p_sframe_debug, "sframe", 0,
                           "what sframeenc and sframedec have in common");
  GST_DEBUG_CATEGORY_INIT (gst_p2p_sframe_enc_debug, "sframeenc", 0, "frame encrypter");
  GST_DEBUG_CATEGORY_INIT (gst_p2p_sframe_dec_debug, "sframedec", 0, "frame decrypter");
  g_once_init_leave (&done, 1);
}
