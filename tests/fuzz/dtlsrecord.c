/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The headers of DTLS records in a datagram: the first byte says what is known of the connection.
 * All that is taken lies in the datagram, in turn, and what is found plausible can be opened or
 * read.
 */
#include "gst/p2p/link/dtlsrecord.h"

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

static void
check_fragments (const guint8 *data, gsize size)
{
  const guint8 *end = data + size;
  GstP2pDtlsFragment fragment;

  while (gst_p2p_dtls_fragment_take (&data, &size, &fragment))
    {
      g_assert_true (fragment.data + fragment.size == data);
      g_assert_true (data + size == end);
      g_assert_cmpuint (fragment.offset + fragment.size, <=, fragment.length);
    }
  g_assert_cmpuint (size, ==, 0);
}

static void
check_plausible (const GstP2pDtlsRecord *record, const GstP2pDtlsFacts *facts)
{
  gsize size = record->size - GST_P2P_DTLS_RECORD_HEADER;

  g_assert_cmpuint (record->type, >=, GST_P2P_DTLS_CHANGE_CIPHER_SPEC);
  g_assert_cmpuint (record->type, <=, GST_P2P_DTLS_DATA);
  if (record->epoch == 1)
    {
      g_assert_cmpuint (size, >=, gst_p2p_dtls_suite_get_overhead (facts->suite));
      return;
    }
  g_assert_cmpuint (record->epoch, ==, 0);
  g_assert_false (facts->established);
  g_assert_cmpuint (record->type, !=, GST_P2P_DTLS_DATA);
  if (record->type == GST_P2P_DTLS_HANDSHAKE)
    check_fragments (record->data + GST_P2P_DTLS_RECORD_HEADER, size);
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  GstP2pDtlsFacts facts = { FALSE };
  GstP2pDtlsRecord record;
  const guint8 *end = data + size;

  if (size < 1)
    return 0;
  facts.client = data[0] & 1;
  facts.established = data[0] & 2;
  facts.suite = data[0] & 4 ? 0xcca9 : data[0] & 8 ? 0xc02b : 0;
  data++;
  size--;
  while (gst_p2p_dtls_record_take (&data, &size, &record))
    {
      guint16 suite = gst_p2p_dtls_record_get_suite (&record);

      g_assert_true (record.data + record.size == data);
      g_assert_true (data + size == end);
      if (gst_p2p_dtls_record_is_plausible (&record, &facts))
        check_plausible (&record, &facts);
      if (suite)
        facts.suite = suite;
    }
  return 0;
}
