/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Fuzz target: a sequence of SCTP packets, in and out, through one monitor. Each is preceded by one
 * byte of direction and two of length.
 */
#include <stdint.h>

#include "gst/p2p/link/crc32c.h"
#include "plugins/p2p/transport/stock/packets/monitor.h"

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

static void
check_outgoing (GstP2pStockMonitor *monitor, const guint8 *data, gsize size)
{
  g_autofree guint8 *copy = g_memdup2 (data, size);
  gboolean needed = gst_p2p_stock_needs_limit (copy, size, 1000);
  GstP2pStockOutgoing outgoing;

  gst_p2p_stock_monitor_outgoing (monitor, copy, size, 1000, &outgoing);
  g_assert_true (needed == outgoing.limited);
  if (outgoing.limited)
    g_assert_true (gst_p2p_sctp_packet_verify (copy, size));
}

static void
check_incoming (GstP2pStockMonitor *monitor, const guint8 *data, gsize size)
{
  g_autofree guint8 *copy = g_memdup2 (data, size);
  g_autoptr (GError) error = NULL;
  GstP2pStreamFact fact;
  guint16 stream;

  switch (gst_p2p_stock_monitor_incoming (monitor, copy, size, &error))
    {
    case GST_P2P_STOCK_REFUSE:
      g_assert_nonnull (error);
      break;
    case GST_P2P_STOCK_HOLD:
      g_assert_false (gst_p2p_stock_monitor_is_drained (monitor));
      if (size % 2)
        gst_p2p_stock_monitor_release (monitor);
      break;
    default:
      g_assert_no_error (error);
    }
  while (gst_p2p_stock_monitor_take_answer (monitor, &stream, &fact))
    gst_p2p_stock_monitor_delivered (monitor, stream);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autoptr (GstP2pStockMonitor) monitor = gst_p2p_stock_monitor_new (63, 8);
  g_autoptr (GBytes) update = NULL;

  while (size >= 3)
    {
      gsize length = MIN ((gsize)data[1] << 8 | data[2], size - 3);

      if (data[0] & 1)
        check_outgoing (monitor, data + 3, length);
      else
        check_incoming (monitor, data + 3, length);
      data += 3 + length;
      size -= 3 + length;
    }
  update = gst_p2p_stock_monitor_new_window_update (monitor, 99);
  return 0;
}
