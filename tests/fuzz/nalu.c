/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* NAL units: what is found is inside, what is escaped is unescaped, lengths and start codes. */
#include <string.h>

#include "gst/p2p/sframe/nalu.h"

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

static void
check_escaping (const guint8 *data, gsize size)
{
  g_autofree guint8 *escaped = g_malloc (gst_p2p_sframe_nalu_escaped_max (size));
  guint state = 0;
  gsize n = gst_p2p_sframe_nalu_escape (data, size, &state, escaped);

  g_assert_cmpuint (n, <=, gst_p2p_sframe_nalu_escaped_max (size));
  for (gsize i = 0; i + 2 < n; i++)
    g_assert_false (escaped[i] == 0 && escaped[i + 1] == 0 && escaped[i + 2] < 3);
  n = gst_p2p_sframe_nalu_unescape (escaped, n, escaped);
  g_assert_cmpmem (escaped, n, data, size);
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autofree guint8 *work = g_memdup2 (data, size), *copy = NULL;
  gsize offset;

  for (guint h265 = 0; h265 < 2; h265++)
    if (gst_p2p_sframe_nalu_first_slice (data, size, (gboolean)h265, &offset))
      {
        g_assert_cmpuint (offset, >=, 3);
        g_assert_cmpuint (offset, <, size);
        g_assert_cmpuint (data[offset - 1], ==, 1);
      }
  check_escaping (data, size);
  if (size > 0 && gst_p2p_sframe_nalu_from_lengths (work, size, TRUE))
    {
      g_assert_true (gst_p2p_sframe_nalu_to_lengths (work, size));
      g_assert_cmpmem (work, size, data, size);
    }
  copy = g_memdup2 (data, size);
  if (size > 0 && gst_p2p_sframe_nalu_to_lengths (copy, size))
    {
      g_assert_true (gst_p2p_sframe_nalu_from_lengths (copy, size, TRUE));
      g_assert_cmpmem (copy, size, data, size);
    }
  return 0;
}
