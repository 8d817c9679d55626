/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What one end tells the other of itself: fields, limits and SDP; and what is refused. */
#include "gst/p2p/link/description.h"

#include <string.h>

#include "gst/p2p/base/error.h"

#define UFRAG "F7gI"
#define PWD "x9cml/YzichV2+XlhiMu8g"
#define FINGERPRINT                                                                                \
  "12:DF:3E:00:11:22:33:44:55:66:77:88:99:AA:BB:CC:DD:EE:FF:01:02:03:04:05:06:07:08:09:0A:0B:"     \
  "0C:AB"

static const gchar *const framings[] = { GST_P2P_FRAMES_PROTOCOL, "other", NULL };

static void
test_fields (void)
{
  g_autoptr (GError) error = NULL;
  const GstP2pDescriptionLimits limits = { 262144, 1000, 70000 };
  g_autoptr (GstP2pDescription) description
      = gst_p2p_description_new (UFRAG, PWD, FINGERPRINT, 5000, &limits, framings, &error);

  g_assert_no_error (error);
  g_assert_cmpstr (gst_p2p_description_get_ufrag (description), ==, UFRAG);
  g_assert_cmpstr (gst_p2p_description_get_pwd (description), ==, PWD);
  g_assert_cmpstr (gst_p2p_description_get_fingerprint (description), ==, FINGERPRINT);
  g_assert_cmpuint (gst_p2p_description_get_sctp_port (description), ==, 5000);
  g_assert_cmpuint (gst_p2p_description_get_max_message_size (description), ==, 262144);
  g_assert_cmpuint (gst_p2p_description_get_max_frame_size (description), ==, 1000);
  g_assert_cmpuint (gst_p2p_description_get_max_in_flight (description), ==, 70000);
  g_assert_true (gst_p2p_description_has_framing (description, GST_P2P_FRAMES_PROTOCOL));
  g_assert_false (gst_p2p_description_has_framing (description, "gst-frames-2"));
}

static void
assert_refused (const gchar *ufrag, const gchar *pwd, const gchar *fingerprint, guint port,
                guint64 size, const gchar *const *names)
{
  const GstP2pDescriptionLimits limits = { .max_message_size = size };
  g_autoptr (GError) error = NULL;

  g_assert_null (gst_p2p_description_new (ufrag, pwd, fingerprint, port, &limits, names, &error));
  g_assert_true (error && error->domain == GST_P2P_ERROR);
}

static void
test_limits (void)
{
  g_autofree gchar *long_ufrag = g_strnfill (257, 'a');
  const gchar *const bad_framing[] = { "white space", NULL };
  const gchar *many[20] = { NULL };

  for (guint i = 0; i < 19; i++)
    many[i] = "x";

  assert_refused ("abc", PWD, FINGERPRINT, 5000, 65536, NULL);
  assert_refused (long_ufrag, PWD, FINGERPRINT, 5000, 65536, NULL);
  assert_refused ("ab=d", PWD, FINGERPRINT, 5000, 65536, NULL);
  assert_refused (NULL, PWD, FINGERPRINT, 5000, 65536, NULL);
  assert_refused (UFRAG, "short", FINGERPRINT, 5000, 65536, NULL);
  assert_refused (UFRAG, PWD, "12:34", 5000, 65536, NULL);
  assert_refused (UFRAG, PWD, NULL, 5000, 65536, NULL);
  assert_refused (UFRAG, PWD, FINGERPRINT, 0, 65536, NULL);
  assert_refused (UFRAG, PWD, FINGERPRINT, 65536, 65536, NULL);
  assert_refused (UFRAG, PWD, FINGERPRINT, 5000, 10, NULL);
  assert_refused (UFRAG, PWD, FINGERPRINT, 5000, 65536, bad_framing);
  assert_refused (UFRAG, PWD, FINGERPRINT, 5000, 65536, many);
}

/* 0 is the default; a window that is smaller than what a receiver may take before it acknowledges
 * would never open. */
static void
test_small_window (void)
{
  GstP2pDescriptionLimits limits = { .max_in_flight = 65536 };
  g_autoptr (GError) error = NULL;
  g_autoptr (GstP2pDescription) smallest
      = gst_p2p_description_new (UFRAG, PWD, FINGERPRINT, 5000, &limits, NULL, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (gst_p2p_description_get_max_in_flight (smallest), ==, 65536);
  limits.max_in_flight--;
  g_assert_null (gst_p2p_description_new (UFRAG, PWD, FINGERPRINT, 5000, &limits, NULL, &error));
  g_assert_error (error, GST_P2P_ERROR, GST_P2P_ERROR_LIMIT);
}

static void
assert_same (const GstP2pDescription *a, const GstP2pDescription *b)
{
  g_assert_cmpstr (gst_p2p_description_get_ufrag (a), ==, gst_p2p_description_get_ufrag (b));
  g_assert_cmpstr (gst_p2p_description_get_pwd (a), ==, gst_p2p_description_get_pwd (b));
  g_assert_cmpstr (gst_p2p_description_get_fingerprint (a), ==,
                   gst_p2p_description_get_fingerprint (b));
  g_assert_cmpuint (gst_p2p_description_get_sctp_port (a), ==,
                    gst_p2p_description_get_sctp_port (b));
  g_assert_cmpuint (gst_p2p_description_get_max_message_size (a), ==,
                    gst_p2p_description_get_max_message_size (b));
  g_assert_cmpuint (gst_p2p_description_get_max_frame_size (a), ==,
                    gst_p2p_description_get_max_frame_size (b));
  g_assert_cmpuint (gst_p2p_description_get_max_in_flight (a), ==,
                    gst_p2p_description_get_max_in_flight (b));
  g_assert_cmpstrv (gst_p2p_description_get_framings (a), gst_p2p_description_get_framings (b));
}

static void
test_sdp_round_trip (void)
{
  const guint64 sizes[] = { 0, 1024, 262144 };

  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    {
      const GstP2pDescriptionLimits limits = { sizes[i], sizes[i], sizes[i] * 64 };
      g_autoptr (GError) error = NULL;
      g_autoptr (GstP2pDescription) description = gst_p2p_description_new (
          UFRAG, PWD, FINGERPRINT, 4999, &limits, i == 0 ? NULL : framings, &error);
      g_autofree gchar *sdp = gst_p2p_description_to_sdp (description, "actpass");
      g_autoptr (GstP2pDescription) parsed
          = gst_p2p_description_new_from_sdp (sdp, strlen (sdp), &error);

      g_assert_no_error (error);
      assert_same (description, parsed);
      g_assert_nonnull (strstr (sdp, "m=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\n"));
      g_assert_nonnull (strstr (sdp, "a=setup:actpass\r\n"));
    }
}

/* What a browser writes, with lines that mean nothing here. */
static void
test_sdp_defaults (void)
{
  const gchar *sdp = "v=0\r\na=ice-ufrag:" UFRAG "\r\na=ice-pwd:" PWD
                     "\r\na=fingerprint:sha-256 " FINGERPRINT "\r\na=unknown:1\r\n";
  g_autoptr (GError) error = NULL;
  g_autoptr (GstP2pDescription) description
      = gst_p2p_description_new_from_sdp (sdp, strlen (sdp), &error);

  g_assert_no_error (error);
  g_assert_cmpuint (gst_p2p_description_get_sctp_port (description), ==, 5000);
  g_assert_cmpuint (gst_p2p_description_get_max_message_size (description), ==, 65536);
  g_assert_cmpuint (gst_p2p_description_get_max_frame_size (description), ==, 16777216);
  g_assert_cmpuint (gst_p2p_description_get_max_in_flight (description), ==, 4194304);
}

static void
test_sdp_hostile (void)
{
  g_autofree gchar *huge = g_strnfill (20000, 'a');
  const gchar *bad[] = { "",
                         "a=ice-ufrag:",
                         "a=sctp-port:99999999999999999999\n",
                         "a=sctp-port:-1\n",
                         "a=ice-ufrag:abcd\na=ice-pwd:abc\n",
                         huge };

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (gst_p2p_description_new_from_sdp (bad[i], strlen (bad[i]), &error));
      g_assert_nonnull (error);
    }
  g_assert_null (gst_p2p_description_new_from_sdp ("a\0b", 3, NULL));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/description/fields", test_fields);
  g_test_add_func ("/description/limits", test_limits);
  g_test_add_func ("/description/small-window", test_small_window);
  g_test_add_func ("/description/sdp-round-trip", test_sdp_round_trip);
  g_test_add_func ("/description/sdp-defaults", test_sdp_defaults);
  g_test_add_func ("/description/sdp-hostile", test_sdp_hostile);
  return g_test_run ();
}
