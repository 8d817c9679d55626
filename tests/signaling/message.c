/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Tests of signaling/message.c; what is no JSON is jsontext.c's. */
#include "signaling/message.h"

#include <string.h>

#include "gst/p2p/base/error.h"
#include "gst/p2p/link/identity.h"
#include "tests/common/watchdog.h"

#define SESSION "00112233445566778899aabbccddeeff"
#define FINGERPRINT                                                                                \
  "12:DF:3E:00:11:22:33:44:55:66:77:88:99:AA:BB:CC:12:DF:3E:00:11:22:33:44:55:66:77:88:99:AA:BB:"  \
  "AB"
#define SDP                                                                                        \
  "{\"ufrag\":\"F7gI\",\"pwd\":\"x9cml/YzichV2+XlhiMu8g\",\"fingerprint\":\"" FINGERPRINT "\""
#define RELAYED "\"from\":\"a\",\"to\":\"b\",\"session\":\"" SESSION "\""

static GstP2pSignalingMessage *
parse (const gchar *text)
{
  g_autoptr (GError) error = NULL;
  GstP2pSignalingMessage *message = gst_p2p_signaling_message_parse (text, strlen (text), &error);

  g_assert_no_error (error);
  g_assert_nonnull (message);
  return message;
}

static void
assert_refused (const gchar *text, gint code)
{
  g_autoptr (GError) error = NULL;

  g_test_message ("%.100s", text);
  g_assert_null (gst_p2p_signaling_message_parse (text, strlen (text), &error));
  g_assert_error (error, GST_P2P_ERROR, code);
}

/* Prints, parses again, and expects the same print. */
static GstP2pSignalingMessage *
round_trip (const GstP2pSignalingMessage *message)
{
  g_autofree gchar *text = gst_p2p_signaling_message_print (message);
  GstP2pSignalingMessage *again = parse (text);
  g_autofree gchar *text_again = gst_p2p_signaling_message_print (again);

  g_assert_cmpstr (text, ==, text_again);
  g_assert_cmpint (message->type, ==, again->type);
  return again;
}

static void
test_bind (void)
{
  g_autoptr (GstP2pSignalingMessage) message
      = gst_p2p_signaling_message_new (GST_P2P_SIGNALING_BIND);
  g_autoptr (GstP2pSignalingMessage) again = NULL;

  message->id = g_strdup ("cam-1.~_X");
  message->token = g_strdup ("tok\"en ü");
  message->resume = g_strdup ("secret");
  again = round_trip (message);
  g_assert_cmpstr (again->id, ==, "cam-1.~_X");
  g_assert_cmpstr (again->token, ==, "tok\"en ü");
  g_assert_cmpstr (again->resume, ==, "secret");
}

static void
test_bound (void)
{
  g_autoptr (GstP2pSignalingMessage) message
      = gst_p2p_signaling_message_new (GST_P2P_SIGNALING_BOUND);
  g_autoptr (GstP2pSignalingMessage) again = NULL;
  g_autofree gchar *text = NULL;

  message->id = g_strdup ("a");
  message->resume = g_strdup ("r");
  message->ice_servers = gst_p2p_signaling_ice_servers_new ();
  g_assert_true (
      gst_p2p_signaling_ice_servers_add (message->ice_servers, "stun://s.example", NULL));
  g_assert_true (gst_p2p_signaling_ice_servers_add (
      message->ice_servers, "turn://u%40x:p%2F%3A@[::1]?transport=tcp", NULL));
  text = gst_p2p_signaling_message_print (message);
  g_assert_nonnull (strstr (text, "{\"urls\":[\"stun:s.example:3478\"]}"));
  g_assert_nonnull (strstr (text, "{\"urls\":[\"turn:[::1]:3478?transport=tcp\"],"
                                  "\"username\":\"u@x\",\"credential\":\"p/:\"}"));
  again = round_trip (message);
  g_assert_cmpstr (again->ice_servers->stun_servers[0], ==, "stun://s.example:3478");
  g_assert_null (again->ice_servers->stun_servers[1]);
  g_assert_cmpstr (again->ice_servers->turn_servers[0], ==,
                   "turn://u%40x:p%2F%3A@[::1]:3478?transport=tcp");
}

static void
test_connect (void)
{
  const gchar *framings[] = { "gst-frames-1", NULL };
  const GstP2pDescriptionLimits limits = { 262144, 1000000, 100000 };
  g_autoptr (GstP2pDescription) description = gst_p2p_description_new (
      "F7gI", "x9cml/YzichV2+XlhiMu8g", FINGERPRINT, 5001, &limits, framings, NULL);
  g_autoptr (GstP2pSignalingMessage) message
      = gst_p2p_signaling_message_new_connect ("a", "b", SESSION, description);
  g_autoptr (GstP2pSignalingMessage) again = round_trip (message);

  g_assert_cmpstr (again->from, ==, "a");
  g_assert_cmpstr (again->to, ==, "b");
  g_assert_cmpstr (again->session, ==, SESSION);
  g_assert_cmpstr (gst_p2p_description_get_ufrag (again->description), ==, "F7gI");
  g_assert_cmpstr (gst_p2p_description_get_fingerprint (again->description), ==, FINGERPRINT);
  g_assert_cmpuint (gst_p2p_description_get_sctp_port (again->description), ==, 5001);
  g_assert_cmpuint (gst_p2p_description_get_max_message_size (again->description), ==, 262144);
  g_assert_cmpuint (gst_p2p_description_get_max_frame_size (again->description), ==, 1000000);
  g_assert_cmpuint (gst_p2p_description_get_max_in_flight (again->description), ==, 100000);
  g_assert_true (gst_p2p_description_has_framing (again->description, "gst-frames-1"));
}

static void
test_connect_defaults (void)
{
  g_autoptr (GstP2pSignalingMessage) message
      = parse ("{\"type\":\"connect\"," RELAYED ",\"sdp\":" SDP ",\"later\":[1,{\"x\":null}]}}");
  g_autoptr (GstP2pSignalingMessage) unlimited
      = parse ("{\"type\":\"connect\"," RELAYED ",\"sdp\":" SDP ",\"max-message-size\":0}}");
  g_autoptr (GstP2pSignalingMessage) again = round_trip (unlimited);

  g_assert_cmpuint (gst_p2p_description_get_sctp_port (message->description), ==, 5000);
  g_assert_cmpuint (gst_p2p_description_get_max_message_size (message->description), ==, 65536);
  g_assert_cmpuint (gst_p2p_description_get_max_frame_size (message->description), ==, 16777216);
  g_assert_false (gst_p2p_description_has_framing (message->description, "gst-frames-1"));
  g_assert_cmpuint (gst_p2p_description_get_max_message_size (again->description), ==, G_MAXUINT32);
}

static void
test_candidate (void)
{
  const gchar *text = "candidate:1 1 udp 2130706431 10.0.0.1 9 typ host";
  g_autoptr (GstP2pSignalingMessage) message
      = gst_p2p_signaling_message_new_candidate ("a", "b", SESSION, text);
  g_autoptr (GstP2pSignalingMessage) again = round_trip (message);
  g_autoptr (GstP2pSignalingMessage) end
      = gst_p2p_signaling_message_new_candidate ("a", "b", SESSION, "");
  g_autoptr (GstP2pSignalingMessage) end_again = round_trip (end);

  g_assert_cmpstr (again->candidate, ==, text);
  g_assert_cmpstr (end_again->candidate, ==, "");
}

static void
test_bye (void)
{
  g_autofree gchar *long_reason = g_strnfill (300, 'x');
  g_autoptr (GString) wide = g_string_new (NULL);
  g_autoptr (GstP2pSignalingMessage) bye
      = gst_p2p_signaling_message_new_bye ("a", "b", SESSION, "busy");
  g_autoptr (GstP2pSignalingMessage) again = round_trip (bye);
  g_autoptr (GstP2pSignalingMessage) cut
      = gst_p2p_signaling_message_new_bye ("a", "b", SESSION, long_reason);
  g_autoptr (GstP2pSignalingMessage) cut_wide = NULL;

  g_assert_cmpstr (again->reason, ==, "busy");
  g_assert_cmpuint (strlen (cut->reason), ==, GST_P2P_SIGNALING_MAX_REASON);

  /* 3 bytes each: a cut at 256 would split one. */
  for (guint i = 0; i < 100; i++)
    g_string_append (wide, "€");
  cut_wide = gst_p2p_signaling_message_new_bye ("a", "b", SESSION, wide->str);
  g_assert_true (g_utf8_validate (cut_wide->reason, -1, NULL));
  g_assert_cmpuint (strlen (cut_wide->reason), ==, 255);
}

static void
test_error (void)
{
  g_autoptr (GstP2pSignalingMessage) bye
      = gst_p2p_signaling_message_new_bye ("a", "b", SESSION, "busy");
  g_autoptr (GstP2pSignalingMessage) message = gst_p2p_signaling_message_new_error (
      GST_P2P_SIGNALING_NOT_FOUND, "Nobody is bound as this id", bye);
  g_autoptr (GstP2pSignalingMessage) again = round_trip (message);

  g_assert_cmpstr (again->code, ==, "not-found");
  g_assert_cmpstr (again->to, ==, "b");
  g_assert_cmpstr (again->session, ==, SESSION);
}

static const gchar *const malformed[] = {
  "",
  "{",
  "[]",
  "null",
  "\"bind\"",
  "{}",
  "{\"type\":1}",
  "{\"type\":\"unknown\"}",
  "{\"type\":\"bind\"}",
  "{\"type\":\"bind\",\"id\":\"\"}",
  "{\"type\":\"bind\",\"id\":\"a b\"}",
  "{\"type\":\"bind\",\"id\":\"a\",\"token\":1}",
  "{\"type\":\"bound\",\"id\":\"a\"}",
  "{\"type\":\"bound\",\"id\":\"a\",\"resume\":\"r\",\"ice-servers\":1}",
  "{\"type\":\"bound\",\"id\":\"a\",\"resume\":\"r\",\"ice-servers\":[1]}",
  "{\"type\":\"bound\",\"id\":\"a\",\"resume\":\"r\",\"ice-servers\":[{}]}",
  "{\"type\":\"bound\",\"id\":\"a\",\"resume\":\"r\",\"ice-servers\":[{\"urls\":1}]}",
  "{\"type\":\"bound\",\"id\":\"a\",\"resume\":\"r\",\"ice-servers\":[{\"urls\":[1]}]}",
  "{\"type\":\"error\"}",
  "{\"type\":\"error\",\"code\":\"not-found\",\"session\":\"1\"}",
  "{\"type\":\"connect\"," RELAYED "}",
  "{\"type\":\"connect\"," RELAYED ",\"sdp\":\"v=0\"}",
  "{\"type\":\"connect\"," RELAYED ",\"sdp\":{}}",
  "{\"type\":\"connect\"," RELAYED ",\"sdp\":" SDP ",\"sctp-port\":0}}",
  "{\"type\":\"connect\"," RELAYED ",\"sdp\":" SDP ",\"sctp-port\":65536}}",
  "{\"type\":\"connect\"," RELAYED ",\"sdp\":" SDP ",\"sctp-port\":5000.5}}",
  "{\"type\":\"connect\"," RELAYED ",\"sdp\":" SDP ",\"sctp-port\":\"5000\"}}",
  "{\"type\":\"connect\"," RELAYED ",\"sdp\":" SDP ",\"max-message-size\":-1}}",
  "{\"type\":\"connect\"," RELAYED ",\"sdp\":" SDP ",\"max-frame-size\":0}}",
  "{\"type\":\"connect\"," RELAYED ",\"sdp\":" SDP ",\"max-in-flight\":65535}}",
  "{\"type\":\"connect\"," RELAYED ",\"sdp\":" SDP ",\"framings\":{}}}",
  "{\"type\":\"connect\"," RELAYED ",\"sdp\":" SDP ",\"framings\":[1]}}",
  "{\"type\":\"candidate\"," RELAYED "}",
  "{\"type\":\"candidate\"," RELAYED ",\"candidate\":\"a=candidate:1\"}",
  "{\"type\":\"candidate\"," RELAYED ",\"candidate\":\"candidate:1\\n2\"}",
  "{\"type\":\"candidate\",\"from\":\"a\",\"to\":\"b\",\"candidate\":\"\"}",
  "{\"type\":\"candidate\",\"from\":\"a\",\"to\":\"b\",\"session\":\"xyz\",\"candidate\":\"\"}",
  "{\"type\":\"bye\"," RELAYED "}",
};

static void
test_malformed (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (malformed); i++)
    assert_refused (malformed[i], GST_P2P_ERROR_INVALID);
}

/* {"type":"bind","id":"a","token":"xxx…"} with so many x. */
static gchar *
new_bind (const gchar *member, guint length)
{
  g_autofree gchar *value = g_strnfill (length, 'x');

  return g_strdup_printf ("{\"type\":\"bind\",\"id\":\"a\",\"%s\":\"%s\"}", member, value);
}

static void
test_limits (void)
{
  g_autofree gchar *id = g_strnfill (128, 'x');
  g_autofree gchar *good = g_strdup_printf ("{\"type\":\"bind\",\"id\":\"%s\"}", id);
  g_autofree gchar *bad = g_strdup_printf ("{\"type\":\"bind\",\"id\":\"%sx\"}", id);
  g_autofree gchar *good_token = new_bind ("token", 256);
  g_autofree gchar *bad_token = new_bind ("token", 257);
  gsize overhead = strlen (good_token) - 256 - 1; /* "later" has as many letters as "token" */
  g_autofree gchar *good_size = new_bind ("later", 16384 - overhead - 1);
  g_autofree gchar *bad_size = new_bind ("later", 16384 - overhead);
  g_autofree gchar *candidate = g_strnfill (1025 - strlen ("candidate:"), 'x');
  g_autofree gchar *bad_candidate = g_strdup_printf (
      "{\"type\":\"candidate\"," RELAYED ",\"candidate\":\"candidate:%s\"}", candidate);

  gst_p2p_signaling_message_unref (parse (good));
  assert_refused (bad, GST_P2P_ERROR_INVALID);
  gst_p2p_signaling_message_unref (parse (good_token));
  assert_refused (bad_token, GST_P2P_ERROR_LIMIT);
  g_assert_cmpuint (strlen (good_size), ==, 16384);
  gst_p2p_signaling_message_unref (parse (good_size));
  assert_refused (bad_size, GST_P2P_ERROR_LIMIT);
  assert_refused (bad_candidate, GST_P2P_ERROR_LIMIT);
}

static void
test_framings_limit (void)
{
  g_autoptr (GString) text
      = g_string_new ("{\"type\":\"connect\"," RELAYED ",\"sdp\":" SDP ",\"framings\":[\"f0\"");

  for (guint i = 1; i < 17; i++)
    g_string_append_printf (text, ",\"f%u\"", i);
  g_string_append (text, "]}}");
  assert_refused (text->str, GST_P2P_ERROR_LIMIT);
}

/* --- envelope --- */

static GstP2pSignalingMessage *
parse_envelope (const gchar *text, gchar **relay, const gchar *expected_code)
{
  g_autoptr (GError) error = NULL;
  const gchar *code = NULL;
  GstP2pSignalingMessage *message
      = gst_p2p_signaling_message_parse_envelope (text, strlen (text), relay, &code, &error);

  g_test_message ("%.100s", text);
  if (expected_code)
    {
      g_assert_null (message);
      g_assert_null (*relay);
      g_assert_nonnull (error);
      g_assert_cmpstr (code, ==, expected_code);
    }
  else
    {
      g_assert_no_error (error);
      g_assert_nonnull (message);
    }
  return message;
}

static void
test_envelope (void)
{
  g_autofree gchar *relay = NULL;
  g_autofree gchar *none = NULL;
  const gchar *text
      = "{\"type\":\"connect\"," RELAYED ",\"sdp\":{\"anything\":[1,\"ü\"]},\"x\":true}";
  g_autoptr (GstP2pSignalingMessage) connect = parse_envelope (text, &relay, NULL);
  g_autoptr (GstP2pSignalingMessage) bind
      = parse_envelope ("{\"type\":\"bind\",\"id\":\"a\"}", &none, NULL);

  g_assert_cmpstr (connect->from, ==, "a");
  g_assert_cmpstr (connect->to, ==, "b");
  g_assert_null (connect->description);
  g_assert_cmpstr (relay, ==, text);
  g_assert_cmpstr (bind->id, ==, "a");
  g_assert_null (none);
}

/* What a doubled member means must not depend on who reads it. */
static void
test_envelope_doubled (void)
{
  g_autofree gchar *relay = NULL;
  g_autoptr (GstP2pSignalingMessage) message = parse_envelope (
      "{\"type\":\"bye\",\"from\":\"x\"," RELAYED ",\"reason\":\"\"}", &relay, NULL);
  const gchar *first = strstr (relay, "\"from\":");

  g_assert_cmpstr (message->from, ==, "a");
  g_assert_true (g_str_has_prefix (first, "\"from\":\"a\""));
  g_assert_null (strstr (first + 1, "\"from\""));
}

static void
test_envelope_codes (void)
{
  static const struct
  {
    const gchar *text;
    const gchar *code;
  } cases[] = {
    { "nonsense", "bad-message" },
    { "{\"id\":\"a\"}", "bad-message" },
    { "{\"type\":\"dance\"}", "unsupported" },
    { "{\"type\":7}", "unsupported" },
    { "{\"type\":\"bind\",\"id\":\"ä\"}", "id-invalid" },
    { "{\"type\":\"bind\"}", "bad-message" },
    { "{\"type\":\"bye\",\"from\":\"a\",\"to\":\"b/c\",\"session\":\"" SESSION
      "\",\"reason\":\"\"}",
      "id-invalid" },
    { "{\"type\":\"bye\",\"from\":\"a\",\"to\":\"b\",\"session\":\"1\",\"reason\":\"\"}",
      "bad-message" },
    { "[[[[[[[[[[[[", "too-large" },
    /* Neither number nor half a surrogate pair may reach another client. */
    { "{\"type\":\"connect\"," RELAYED ",\"sdp\":{\"n\":1e999}}", "bad-message" },
    { "{\"type\":\"connect\"," RELAYED ",\"sdp\":{\"x\":\"\\ud800\"}}", "bad-message" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree gchar *relay = NULL;

      parse_envelope (cases[i].text, &relay, cases[i].code);
    }
}

/* Whatever stood for a character, the other client gets UTF-8. */
static void
test_envelope_escapes (void)
{
  static const gchar *const texts[]
      = { "\\udbff\\udfff", "\\u00e4", "\\uFFFD", "\\\"\\\\\\/\\b\\f\\n\\r\\t" };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autofree gchar *text
          = g_strdup_printf ("{\"type\":\"connect\"," RELAYED ",\"sdp\":{\"x\":\"%s\"}}", texts[i]);
      g_autofree gchar *relay = NULL;
      g_autoptr (GstP2pSignalingMessage) message = parse_envelope (text, &relay, NULL);

      g_assert_true (g_utf8_validate (relay, -1, NULL));
    }
}

/* Control characters take six bytes when they are printed. */
static void
test_envelope_growth (void)
{
  g_autofree gchar *fill = g_strnfill (12000, '\x7f');
  g_autofree gchar *text
      = g_strdup_printf ("{\"type\":\"connect\"," RELAYED ",\"sdp\":{\"x\":\"%s\"}}", fill);
  g_autofree gchar *relay = NULL;
  const gchar *code;
  g_autoptr (GstP2pSignalingMessage) message
      = gst_p2p_signaling_message_parse_envelope (text, strlen (text), &relay, &code, NULL);

  if (message)
    g_assert_cmpuint (strlen (relay), <=, GST_P2P_SIGNALING_MAX_MESSAGE);
  else
    g_assert_cmpstr (code, ==, "too-large");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  test_watchdog_start (30);
  g_test_add_func ("/message/bind", test_bind);
  g_test_add_func ("/message/bound", test_bound);
  g_test_add_func ("/message/connect", test_connect);
  g_test_add_func ("/message/connect-defaults", test_connect_defaults);
  g_test_add_func ("/message/candidate", test_candidate);
  g_test_add_func ("/message/bye", test_bye);
  g_test_add_func ("/message/error", test_error);
  g_test_add_func ("/message/malformed", test_malformed);
  g_test_add_func ("/message/limits", test_limits);
  g_test_add_func ("/message/framings-limit", test_framings_limit);
  g_test_add_func ("/message/envelope", test_envelope);
  g_test_add_func ("/message/envelope-doubled", test_envelope_doubled);
  g_test_add_func ("/message/envelope-codes", test_envelope_codes);
  g_test_add_func ("/message/envelope-escapes", test_envelope_escapes);
  g_test_add_func ("/message/envelope-growth", test_envelope_growth);
  return g_test_run ();
}
