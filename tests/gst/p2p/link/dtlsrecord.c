/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The headers of DTLS records: what is one, and what cannot be the peer's. */
#include "gst/p2p/link/dtlsrecord.h"

#include <string.h>

#include "tests/common/bogus.h"

#define AES_128_GCM 0xc02b
#define CHACHA20 0xcca9
#define CCM_8 0xc0ae

static gboolean
is_plausible (const TestDatagram *datagram, const GstP2pDtlsFacts *facts)
{
  const guint8 *data = (const guint8 *)datagram->bytes;
  gsize size = datagram->size;
  GstP2pDtlsRecord record;

  return gst_p2p_dtls_record_take (&data, &size, &record)
         && gst_p2p_dtls_record_is_plausible (&record, facts) && size == 0;
}

static void
check_table (const TestDatagram *table, guint n, const GstP2pDtlsFacts *facts, gboolean wanted)
{
  for (guint i = 0; i < n; i++)
    {
      g_test_message ("%s", table[i].what);
      g_assert_cmpint (is_plausible (&table[i], facts), ==, wanted);
    }
}

/* While the handshake is not done, from either end. */
static const TestDatagram handshake[] = {
  TEST_DATAGRAM ("a certificate's fragment",
                 TEST_CLEAR (TEST_HANDSHAKE) "\0\x0d\x0b\0\0\4\0\1\0\0\1\0\0\1x"),
  TEST_DATAGRAM ("ChangeCipherSpec", TEST_CLEAR (TEST_CCS) "\0\1\1"),
  TEST_DATAGRAM ("a fatal alert", TEST_CLEAR (TEST_ALERT) "\0\2\2\x28"),
  TEST_DATAGRAM ("a fatal alert of DTLS 1.0", "\x15\xfe\xff\0\0\0\0\0\0\0\1\0\2\2\x46"),
  TEST_DATAGRAM ("close_notify", TEST_CLEAR (TEST_ALERT) "\0\2\1\0"),
};

static const TestDatagram of_server[] = {
  TEST_DATAGRAM ("ServerHelloDone", TEST_CLEAR (TEST_HANDSHAKE) "\0\x0c\x0e\0\0\0\0\5\0\0\0\0\0\0"),
  TEST_DATAGRAM ("a HelloVerifyRequest of DTLS 1.0",
                 "\x16\xfe\xff\0\0\0\0\0\0\0\0\0\x0f\3\0\0\3\0\0\0\0\0\0\0\3\xfe\xff\0"),
  TEST_DATAGRAM ("two messages", TEST_CLEAR (TEST_HANDSHAKE) "\0\x19\x0e\0\0\0\0\5\0\0\0\0\0\0"
                                                             "\x0c\0\0\1\0\4\0\0\0\0\0\1x"),
};

static const TestDatagram of_client[] = {
  TEST_DATAGRAM ("a ClientHello's fragment of DTLS 1.0",
                 "\x16\xfe\xff\0\0\0\0\0\0\0\0\0\x0d\1\0\0\4\0\0\0\0\1\0\0\1x"),
  TEST_DATAGRAM ("ClientKeyExchange",
                 TEST_CLEAR (TEST_HANDSHAKE) "\0\x0d\x10\0\0\1\0\2\0\0\0\0\0\1x"),
};

static const TestDatagram encrypted[] = {
  TEST_DATAGRAM ("data", TEST_SEALED (TEST_DATA) "\0\x20" TEST_SIXTEEN TEST_SIXTEEN),
  TEST_DATAGRAM ("data of no bytes", TEST_SEALED (TEST_DATA) "\0\x18" TEST_SIXTEEN TEST_EIGHT),
  TEST_DATAGRAM ("an alert", TEST_SEALED (TEST_ALERT) "\0\x1a" TEST_SIXTEEN TEST_EIGHT "12"),
};

static const TestDatagram finished[] = { TEST_DATAGRAM (
    "Finished", TEST_SEALED (TEST_HANDSHAKE) "\0\x30" TEST_SIXTEEN TEST_SIXTEEN TEST_SIXTEEN) };

#define CHECK(table, facts, wanted) check_table (table, G_N_ELEMENTS (table), facts, wanted)

static void
test_tables (void)
{
  for (guint i = 0; i < 8; i++)
    {
      GstP2pDtlsFacts facts
          = { .client = i & 1, .established = i & 2, .suite = i & 4 ? AES_128_GCM : 0 };

      check_table (test_bogus, test_n_bogus, &facts, FALSE);
      CHECK (handshake, &facts, !facts.established);
      CHECK (of_server, &facts, !facts.established && facts.client);
      CHECK (of_client, &facts, !facts.established && !facts.client);
      CHECK (encrypted, &facts, TRUE);
      CHECK (finished, &facts, !(facts.established && facts.client));
    }
}

static gboolean
takes (guint16 suite, gsize length)
{
  g_autofree guint8 *record = g_malloc0 (GST_P2P_DTLS_RECORD_HEADER + length);
  GstP2pDtlsFacts facts = { .established = TRUE, .suite = suite };

  memcpy (record, TEST_SEALED (TEST_DATA), 11);
  record[11] = length >> 8;
  record[12] = length & 0xff;
  return is_plausible (
      &(TestDatagram){ NULL, (const gchar *)record, GST_P2P_DTLS_RECORD_HEADER + length }, &facts);
}

/* What OpenSSL 3.0.19 fails on is a record shorter than what its suite adds. */
static void
test_lengths (void)
{
  static const struct
  {
    guint16 suite;
    guint least;
  } suites[] = {
    { 0, 24 },        { AES_128_GCM, 24 }, { 0xc030, 24 /* RSA, AES-256-GCM */ },
    { CHACHA20, 16 }, { CCM_8, 16 },       { 0xc0ac, 24 /* CCM */ },
  };

  for (guint i = 0; i < G_N_ELEMENTS (suites); i++)
    {
      guint least = suites[i].least;

      g_assert_cmpuint (gst_p2p_dtls_suite_get_overhead (suites[i].suite), ==, least);
      for (gsize length = 0; length < least; length++)
        g_assert_false (takes (suites[i].suite, length));
      g_assert_true (takes (suites[i].suite, least));
      g_assert_true (takes (suites[i].suite, GST_P2P_DTLS_MAX_PLAINTEXT + least));
      g_assert_false (takes (suites[i].suite, GST_P2P_DTLS_MAX_PLAINTEXT + 2048));
      g_assert_false (takes (suites[i].suite, G_MAXUINT16));
    }
}

/* Several in a datagram, and one that was cut. */
static void
test_walk (void)
{
  static const gchar datagram[] = TEST_CLEAR (TEST_CCS) "\0\1\1" TEST_SEALED (
      TEST_HANDSHAKE) "\0\x10" TEST_SIXTEEN
                      "\x63\1\2\0\3\0\0\0\0\0\0\0\0" TEST_SEALED (TEST_DATA) "\0\x10" TEST_EIGHT;
  static const guint8 types[] = { GST_P2P_DTLS_CHANGE_CIPHER_SPEC, GST_P2P_DTLS_HANDSHAKE, 0x63 };
  static const guint16 epochs[] = { 0, 1, 3 };
  static const gsize sizes[] = { 14, 29, 13 };
  const guint8 *data = (const guint8 *)datagram, *at = data;
  gsize size = sizeof datagram - 1;
  GstP2pDtlsRecord record;

  for (guint i = 0; i < G_N_ELEMENTS (types); i++)
    {
      g_assert_true (gst_p2p_dtls_record_take (&data, &size, &record));
      g_assert_cmpuint (record.type, ==, types[i]);
      g_assert_cmpuint (record.epoch, ==, epochs[i]);
      g_assert_cmpuint (record.size, ==, sizes[i]);
      g_assert_true (record.data == at);
      at += record.size;
      g_assert_true (data == at);
    }
  g_assert_cmpuint (record.version, ==, 0x0102);
  g_assert_cmpuint (size, ==, 21);
  g_assert_false (gst_p2p_dtls_record_take (&data, &size, &record));
  g_assert_cmpuint (size, ==, 21);
}

static void
test_fragments (void)
{
  static const guint8 body[] = "\x0e\0\0\0\0\5\0\0\0\0\0\0"
                               "\x0b\1\2\3\4\5\0\1\2\0\0\3abc"
                               "\x0b\0\0\1\0\0\0\0\0\0\0\1";
  const guint8 *data = body;
  gsize size = sizeof body - 1;
  GstP2pDtlsFragment fragment;

  g_assert_true (gst_p2p_dtls_fragment_take (&data, &size, &fragment));
  g_assert_cmpuint (fragment.type, ==, 14);
  g_assert_cmpuint (fragment.number, ==, 5);
  g_assert_cmpuint (fragment.size, ==, 0);
  g_assert_true (gst_p2p_dtls_fragment_take (&data, &size, &fragment));
  g_assert_cmpuint (fragment.type, ==, GST_P2P_DTLS_CERTIFICATE);
  g_assert_cmpuint (fragment.length, ==, 0x010203);
  g_assert_cmpuint (fragment.number, ==, 0x0405);
  g_assert_cmpuint (fragment.offset, ==, 0x000102);
  g_assert_cmpmem (fragment.data, fragment.size, "abc", 3);
  g_assert_false (gst_p2p_dtls_fragment_take (&data, &size, &fragment));
  g_assert_cmpuint (size, ==, 12);
}

/* ServerHello behind another message; with a session id of so many bytes, and cut. */
static void
test_suite (void)
{
  for (gsize session = 0; session <= 32; session++)
    {
      guint8 bytes[13 + 12 + 12 + 37 + 32] = { 22, 0xfe, 0xfd };
      gsize length = 34 + 1 + session + 3;
      guint8 *hello = bytes + 13 + 12;
      const guint8 *data = bytes;
      gsize size = 13 + 12 + 12 + length;
      GstP2pDtlsRecord record;

      bytes[12] = size - 13;
      bytes[13] = 14;
      hello[0] = GST_P2P_DTLS_SERVER_HELLO;
      hello[3] = hello[11] = length;
      hello[12 + 34] = session;
      hello[12 + 35 + session] = CHACHA20 >> 8;
      hello[12 + 36 + session] = CHACHA20 & 0xff;
      g_assert_true (gst_p2p_dtls_record_take (&data, &size, &record));
      g_assert_cmpuint (gst_p2p_dtls_record_get_suite (&record), ==, CHACHA20);

      for (guint cut = 1; cut <= length; cut++)
        {
          hello[11] = length - cut;
          record.size = 13 + 12 + 12 + length - cut;
          g_assert_cmpuint (gst_p2p_dtls_record_get_suite (&record), ==, cut < 2 ? CHACHA20 : 0);
        }
    }
}

static void
test_number (void)
{
  guint8 header[] = "\x16\xfe\xfd\0\0\xff\xff\xff\xff\xff\xff\0";

  gst_p2p_dtls_record_set_number (header, 0x01020304);
  g_assert_cmpmem (header, 13, "\x16\xfe\xfd\0\0\0\0\1\2\3\4\0", 13);
  gst_p2p_dtls_record_write_header (header, GST_P2P_DTLS_ALERT, 0xfeff, 0x05060708, 0x090a);
  g_assert_cmpmem (header, 13, "\x15\xfe\xff\0\0\0\0\5\6\7\x08\x09\x0a", 13);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/dtlsrecord/tables", test_tables);
  g_test_add_func ("/dtlsrecord/lengths", test_lengths);
  g_test_add_func ("/dtlsrecord/walk", test_walk);
  g_test_add_func ("/dtlsrecord/fragments", test_fragments);
  g_test_add_func ("/dtlsrecord/suite", test_suite);
  g_test_add_func ("/dtlsrecord/number", test_number);
  return g_test_run ();
}
