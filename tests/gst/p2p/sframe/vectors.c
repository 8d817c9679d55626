/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The published vectors of RFC 9605 (and of suites 6 to 8), of ratchets and per-stream keys, and
 * frames that the Jitsi and LiveKit browser workers made, bit for bit and in both directions.
 */
#include <string.h>

#include <json-glib/json-glib.h>

#include "gst/p2p/sframe/aead.h"
#include "gst/p2p/sframe/header.h"
#include "gst/p2p/sframe/kdf.h"
#include "gst/p2p/sframe/sframe.h"
#include "tests/common/watchdog.h"

/* Numbers reach 2^64 - 1. json-glib keeps a gint64, and what does not fit wraps around in 1.6 and
 * becomes 2^63 - 1 in 1.10: the long ones are put in quotes before it reads them. */
static JsonParser *
load (const gchar *name)
{
  JsonParser *parser = json_parser_new ();
  g_autofree gchar *path
      = g_build_filename (g_getenv ("GST_P2P_SOURCE_ROOT"), "tests", "data", "sframe", name, NULL);
  g_autoptr (GRegex) long_number = g_regex_new (":\\s*(\\d{17,})", G_REGEX_DEFAULT, 0, NULL);
  g_autofree char *published = NULL, *text = NULL;
  GError *error = NULL;

  g_file_get_contents (path, &published, NULL, &error);
  g_assert_no_error (error);
  text = g_regex_replace (long_number, published, -1, 0, ":\"\\1\"", 0, &error);
  g_assert_no_error (error);
  json_parser_load_from_data (parser, text, -1, &error);
  g_assert_no_error (error);
  return parser;
}

static GBytes *
hex (JsonObject *object, const gchar *member)
{
  const gchar *text = json_object_get_string_member (object, member);
  gsize size = strlen (text) / 2;
  guint8 *data = g_malloc (size + 1);

  for (gsize i = 0; i < size; i++)
    data[i] = (guint8)(g_ascii_xdigit_value (text[2 * i]) << 4
                       | g_ascii_xdigit_value (text[2 * i + 1]));
  return g_bytes_new_take (data, size);
}

#define BYTES(bytes, size) ((const guint8 *)g_bytes_get_data ((bytes), (size)))

static guint64
number (JsonObject *object, const gchar *member)
{
  JsonNode *node = json_object_get_member (object, member);

  return json_node_get_value_type (node) == G_TYPE_STRING
             ? g_ascii_strtoull (json_node_get_string (node), NULL, 10)
             : (guint64)json_node_get_int (node);
}

static GstP2pSecret *
secret_of (JsonObject *object, const gchar *member)
{
  g_autoptr (GBytes) bytes = hex (object, member);
  gsize size;
  const guint8 *data = BYTES (bytes, &size);

  return gst_p2p_secret_new (data, size, NULL);
}

static void
assert_same (GBytes *expected, const guint8 *data, gsize size)
{
  gsize n;
  const guint8 *want = BYTES (expected, &n);

  g_assert_cmpmem (data, size, want, n);
}

typedef void (*Check) (JsonObject *vector);

static guint
for_each (JsonArray *array, Check check)
{
  for (guint i = 0; i < json_array_get_length (array); i++)
    check (json_array_get_object_element (array, i));
  return json_array_get_length (array);
}

static void
check_header (JsonObject *vector)
{
  g_autoptr (GBytes) encoded = hex (vector, "encoded");
  guint64 want_kid = number (vector, "kid"), want_ctr = number (vector, "ctr"), kid, ctr;
  guint8 out[GST_P2P_SFRAME_HEADER_MAX_SIZE];
  gsize size;
  const guint8 *data = BYTES (encoded, &size);

  assert_same (encoded, out, gst_p2p_sframe_header_write (want_kid, want_ctr, out));
  g_assert_cmpuint (gst_p2p_sframe_header_parse (data, size, &kid, &ctr), ==, size);
  g_assert_cmpuint (kid, ==, want_kid);
  g_assert_cmpuint (ctr, ==, want_ctr);
  for (gsize shorter = 0; shorter < size; shorter++)
    g_assert_cmpuint (gst_p2p_sframe_header_parse (data, shorter, &kid, &ctr), ==, 0);
}

static void
check_ctr_hmac (JsonObject *vector)
{
  const GstP2pSframeSuiteInfo *suite
      = gst_p2p_sframe_suite_get_info ((guint)number (vector, "cipher_suite"), NULL);
  g_autoptr (GBytes) key = hex (vector, "key"), nonce = hex (vector, "nonce");
  g_autoptr (GBytes) aad = hex (vector, "aad"), pt = hex (vector, "pt"), ct = hex (vector, "ct");
  gsize size, aad_size;
  const guint8 *plain = BYTES (pt, &size);
  GstP2pSframeAeadData data = { BYTES (aad, &aad_size), 0, NULL, 0 };
  g_autoptr (GstP2pSframeAead) seal
      = gst_p2p_sframe_aead_new (suite, BYTES (key, NULL), TRUE, NULL);
  g_autoptr (GstP2pSframeAead) open
      = gst_p2p_sframe_aead_new (suite, BYTES (key, NULL), FALSE, NULL);
  g_autofree guint8 *out = g_malloc (size + suite->tag_size), *back = g_malloc (size);

  data.header_size = aad_size;
  for (guint again = 0; again < 2; again++)
    {
      g_assert_true (gst_p2p_sframe_aead_seal (seal, BYTES (nonce, NULL), &data, plain, size, out,
                                               out + size));
      assert_same (ct, out, size + suite->tag_size);
      g_assert_true (
          gst_p2p_sframe_aead_open (open, BYTES (nonce, NULL), &data, out, size, out + size, back));
      assert_same (pt, back, size);
    }
}

static void
check_derivation (JsonObject *vector, const GstP2pSframeSuiteInfo *suite, GstP2pSecret *base)
{
  g_autoptr (GBytes) key = hex (vector, "sframe_key"), salt = hex (vector, "sframe_salt");
  GstP2pSframeFrameKey derived;

  g_assert_true (gst_p2p_sframe_derive (GST_P2P_SFRAME_FORMAT_SFRAME, suite, number (vector, "kid"),
                                        base, GST_P2P_SFRAME_KEY_BYTES, &derived, NULL));
  assert_same (key, derived.key, suite->enc_size + suite->auth_size);
  assert_same (salt, derived.salt, sizeof derived.salt);
  gst_p2p_sframe_frame_key_clear (&derived);
}

/* Seals @plain with a fresh sealer whose first counter is @ctr, and opens @cipher again. */
static void
check_frame (const GstP2pSframeConfig *config, GstP2pSecret *base, guint64 kid, guint64 ctr,
             GBytes *metadata, GBytes *plain, GBytes *cipher)
{
  g_autoptr (GstP2pSframeKeyring) ring = gst_p2p_sframe_keyring_new ();
  g_autoptr (GstP2pSframeSealer) sealer = NULL;
  g_autoptr (GstP2pSframeOpener) opener = NULL;
  g_autofree guint8 *out = NULL, *back = NULL;
  GError *error = NULL;
  GstP2pSframeFrame frame = { 0 };
  gsize out_size, back_size, metadata_size = 0;
  guint64 got_kid;

  g_assert_true (gst_p2p_sframe_keyring_add (ring, kid, base, GST_P2P_SFRAME_KEY_BYTES, NULL));
  sealer = gst_p2p_sframe_sealer_new (config, ring, NULL);
  opener = gst_p2p_sframe_opener_new (config, ring, NULL);
  gst_p2p_sframe_sealer_set_key (sealer, kid, ctr, &error);
  g_assert_no_error (error);
  frame.data = BYTES (plain, &frame.size);
  if (metadata)
    frame.metadata = BYTES (metadata, &metadata_size);
  frame.metadata_size = metadata_size;
  out = g_malloc (gst_p2p_sframe_sealer_get_max_size (sealer, &frame));
  gst_p2p_sframe_sealer_seal (sealer, &frame, out, &out_size, &error);
  g_assert_no_error (error);
  assert_same (cipher, out, out_size);
  frame.data = BYTES (cipher, &frame.size);
  back = g_malloc (frame.size);
  g_assert_cmpint (gst_p2p_sframe_opener_open (opener, &frame, back, &back_size, &got_kid), ==,
                   GST_P2P_SFRAME_VERDICT_OPENED);
  g_assert_cmpuint (got_kid, ==, kid);
  assert_same (plain, back, back_size);
}

static void
check_sframe (JsonObject *vector)
{
  GstP2pSframeConfig config = { .format = GST_P2P_SFRAME_FORMAT_SFRAME, .replay_window = 16 };
  g_autoptr (GBytes) metadata = hex (vector, "metadata"), pt = hex (vector, "pt");
  g_autoptr (GBytes) ct = hex (vector, "ct");
  g_autoptr (GstP2pSecret) base = secret_of (vector, "base_key");

  config.suite = (GstP2pSframeSuite)number (vector, "cipher_suite");
  check_derivation (vector, gst_p2p_sframe_suite_get_info (config.suite, NULL), base);
  check_frame (&config, base, number (vector, "kid"), number (vector, "ctr"), metadata, pt, ct);
}

static void
test_rfc9605 (void)
{
  g_autoptr (JsonParser) first = load ("rfc9605.json"), second = load ("rfc9605-aes256.json");
  JsonObject *root = json_node_get_object (json_parser_get_root (first));
  JsonObject *more = json_node_get_object (json_parser_get_root (second));

  g_assert_cmpuint (for_each (json_object_get_array_member (root, "header"), check_header), ==,
                    289);
  g_assert_cmpuint (for_each (json_object_get_array_member (root, "aes_ctr_hmac"), check_ctr_hmac),
                    ==, 3);
  g_assert_cmpuint (
      for_each (json_object_get_array_member (root, "aes_256_ctr_hmac"), check_ctr_hmac), ==, 3);
  g_assert_cmpuint (for_each (json_object_get_array_member (root, "sframe"), check_sframe), ==, 5);
  g_assert_cmpuint (
      for_each (json_object_get_array_member (more, "sframe_aes_256_ctr_hmac"), check_sframe), ==,
      3);
}

static void
check_ratchet (JsonObject *vector)
{
  GstP2pSframeConfig config = { .format = GST_P2P_SFRAME_FORMAT_SFRAME, .replay_window = 16 };
  guint suite_id = (guint)number (vector, "cipher_suite");
  const GstP2pSframeSuiteInfo *suite = gst_p2p_sframe_suite_get_info (suite_id, NULL);
  JsonArray *steps = json_object_get_array_member (vector, "ratchet");
  g_autoptr (GstP2pSecret) base = secret_of (vector, "base_key");
  g_autoptr (GstP2pSecret) current = gst_p2p_secret_ref (base), stream = NULL;
  g_autoptr (GBytes) stream_key = hex (vector, "ssrc_key"), ct = hex (vector, "ssrc_ct");
  g_autoptr (GBytes) none = g_bytes_new (NULL, 0);
  gsize size;

  for (guint i = 0; i < json_array_get_length (steps); i++)
    {
      g_autoptr (GstP2pSecret) want
          = gst_p2p_secret_new_from_hex (json_array_get_string_element (steps, i), NULL);
      GstP2pSecret *next = gst_p2p_sframe_ratchet (GST_P2P_SFRAME_FORMAT_SFRAME, suite, current,
                                                   GST_P2P_SFRAME_KEY_BYTES, NULL);

      g_assert_true (gst_p2p_secret_equal (next, want));
      gst_p2p_secret_unref (current);
      current = next;
    }
  stream = gst_p2p_sframe_stream_secret (suite, (guint32)number (vector, "ssrc"), base, NULL);
  assert_same (stream_key, gst_p2p_secret_get_data (stream), gst_p2p_secret_get_size (stream));
  config.suite = suite->id;
  /* The vector's frame is the encryption of as many bytes as it has behind header and tag. */
  BYTES (ct, &size);
  g_assert_cmpuint (size, >, 2u + suite->tag_size);
  {
    g_autoptr (GBytes) plain = NULL;
    g_autoptr (GstP2pSframeKeyring) ring = gst_p2p_sframe_keyring_new ();
    g_autoptr (GstP2pSframeOpener) opener = NULL;
    g_autofree guint8 *back = g_malloc (size);
    GstP2pSframeFrame frame = { .data = BYTES (ct, NULL), .size = size };
    guint64 kid;

    g_assert_true (gst_p2p_sframe_keyring_add (ring, number (vector, "kid"), stream,
                                               GST_P2P_SFRAME_KEY_BYTES, NULL));
    opener = gst_p2p_sframe_opener_new (&config, ring, NULL);
    g_assert_cmpint (gst_p2p_sframe_opener_open (opener, &frame, back, &size, &kid), ==,
                     GST_P2P_SFRAME_VERDICT_OPENED);
    plain = g_bytes_new (back, size);
    check_frame (&config, stream, number (vector, "kid"), number (vector, "ctr"), none, plain, ct);
  }
}

static void
test_ratchets (void)
{
  g_autoptr (JsonParser) parser = load ("ratchet.json");

  g_assert_cmpuint (for_each (json_node_get_array (json_parser_get_root (parser)), check_ratchet),
                    ==, 8);
}

static GstP2pSframeCodec
codec_of (const gchar *name)
{
  static const gchar *const names[] = { "?", "opus", "vp8", "vp9", "h264", "h265" };

  for (guint i = 1; i < G_N_ELEMENTS (names); i++)
    if (g_str_equal (name, names[i]))
      return (GstP2pSframeCodec)i;
  g_assert_not_reached ();
}

static void
check_browser_key (const GstP2pSframeConfig *config, GstP2pSecret *base, GstP2pSframeKeyKind kind,
                   GBytes *key)
{
  const GstP2pSframeSuiteInfo *suite = gst_p2p_sframe_suite_get_info (config->suite, NULL);
  GstP2pSframeFrameKey derived;

  g_assert_true (gst_p2p_sframe_derive (config->format, suite, 0, base, kind, &derived, NULL));
  assert_same (key, derived.key, suite->enc_size);
  gst_p2p_sframe_frame_key_clear (&derived);
}

static void
check_browser (JsonObject *vector)
{
  gboolean jitsi = g_str_equal (json_object_get_string_member (vector, "impl"), "jitsi");
  gboolean phrase = g_str_equal (json_object_get_string_member (vector, "kdf"), "pbkdf2");
  GstP2pSframeKeyKind kind = phrase ? GST_P2P_SFRAME_KEY_PASSPHRASE : GST_P2P_SFRAME_KEY_BYTES;
  const gchar *text = json_object_get_string_member (vector, "secret");
  g_autoptr (GBytes) key = hex (vector, "key"), iv = hex (vector, "iv");
  g_autoptr (GBytes) plain = hex (vector, "plaintext"), sealed = hex (vector, "frame");
  g_autoptr (GstP2pSframeKeyring) ring = gst_p2p_sframe_keyring_new ();
  g_autoptr (GstP2pSecret) base
      = phrase ? gst_p2p_secret_new ((const guint8 *)text, strlen (text), NULL)
               : gst_p2p_secret_new_from_hex (text, NULL);
  GstP2pSframeConfig config = {
    .format = jitsi ? GST_P2P_SFRAME_FORMAT_JITSI : GST_P2P_SFRAME_FORMAT_LIVEKIT,
    .suite = number (vector, "key_bits") == 256 ? GST_P2P_SFRAME_SUITE_AES_256_GCM_SHA512_128
                                                : GST_P2P_SFRAME_SUITE_AES_128_GCM_SHA256_128,
    .replay_window = 16,
  };
  GstP2pSframeFrame frame = { .codec = codec_of (json_object_get_string_member (vector, "codec")) };
  g_autoptr (GstP2pSframeSealer) sealer = gst_p2p_sframe_sealer_new (&config, ring, NULL);
  g_autoptr (GstP2pSframeOpener) opener = gst_p2p_sframe_opener_new (&config, ring, NULL);
  g_autofree guint8 *out = NULL, *back = NULL;
  gsize out_size, back_size, clear;
  guint64 kid;
  GError *error = NULL;

  frame.keyframe = g_str_equal (json_object_get_string_member (vector, "frame_type"), "key");
  check_browser_key (&config, base, kind, key);
  gst_p2p_sframe_keyring_add (ring, number (vector, "key_index"), base, kind, NULL);
  gst_p2p_sframe_sealer_set_key (sealer, number (vector, "key_index"), 0, &error);
  g_assert_no_error (error);
  frame.data = BYTES (plain, &frame.size);
  g_assert_true (gst_p2p_sframe_browser_frame_get_clear_size (config.format, &frame, &clear, NULL));
  g_assert_cmpuint (clear, ==, number (vector, "clear_bytes"));
  out = g_malloc (gst_p2p_sframe_sealer_get_max_size (sealer, &frame));
  gst_p2p_sframe_sealer_seal_with_iv (sealer, &frame, BYTES (iv, NULL), out, &out_size, &error);
  g_assert_no_error (error);
  assert_same (sealed, out, out_size);
  frame.data = BYTES (sealed, &frame.size);
  back = g_malloc (frame.size);
  g_assert_cmpint (gst_p2p_sframe_opener_open (opener, &frame, back, &back_size, &kid), ==,
                   GST_P2P_SFRAME_VERDICT_OPENED);
  assert_same (plain, back, back_size);
  g_assert_cmpint (gst_p2p_sframe_opener_open (opener, &frame, back, &back_size, &kid), ==,
                   GST_P2P_SFRAME_VERDICT_REPLAY);
}

static void
test_browsers (void)
{
  g_autoptr (JsonParser) parser = load ("jitsi-livekit.json");

  g_assert_cmpuint (for_each (json_node_get_array (json_parser_get_root (parser)), check_browser),
                    ==, 151);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  test_watchdog_start (120);
  g_test_add_func ("/sframe/vectors/rfc9605", test_rfc9605);
  g_test_add_func ("/sframe/vectors/ratchets", test_ratchets);
  g_test_add_func ("/sframe/vectors/browsers", test_browsers);
  return g_test_run ();
}
