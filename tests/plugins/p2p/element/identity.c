/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * identity: nobody gets a byte who cannot prove the certificate that was signaled, nor one whose
 * certificate is not the pinned one; and a certificate from a file is the same identity each time.
 * A server that lies stands between the ends.
 */
#include <glib/gstdio.h>
#include <json-glib/json-glib.h>
#include <openssl/pem.h>
#include <string.h>

#include "gst/p2p/base/secrettext.h"
#include "gst/p2p/link/identity.h"
#include "tests/common/detour.h"
#include "tests/common/signaling.h"
#include "tests/plugins/p2p/element/ends.h"

#define NOT_AUTHORIZED GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_NOT_AUTHORIZED

/* Of nobody. */
#define OTHER_FINGERPRINT                                                                          \
  "00:11:22:33:44:55:66:77:88:99:AA:BB:CC:DD:EE:FF:00:11:22:33:44:55:66:77:88:99:AA:BB:CC:DD:EE:"  \
  "FF"

/* --- a server that lies --- */

/* Whose description is changed: the one that comes from this id. */
static gchar *
lie (const gchar *text, gpointer liar)
{
  g_autoptr (JsonNode) root = json_from_string (text, NULL);
  JsonObject *object = root ? json_node_get_object (root) : NULL;

  if (!object || g_strcmp0 (json_object_get_string_member (object, "type"), "connect") != 0
      || g_strcmp0 (json_object_get_string_member (object, "from"), liar) != 0)
    return g_strdup (text);
  json_object_set_string_member (json_object_get_object_member (object, "sdp"), "fingerprint",
                                 OTHER_FINGERPRINT);
  return json_to_string (root, FALSE);
}

typedef struct
{
  End *receiver;
  End *sender;
} Ends;

static Ends
play_ends (const gchar *uri, const gchar *transport, gboolean sender_calls,
           const gchar *receiver_has, const gchar *sender_has)
{
  const gchar *const roles[] = { "local-id=called", "local-id=caller remote-id=called" };
  End *receiver = end_play ("p2psrc name=p signaling-uri=%s transport=%s %s %s ! " ENDS_TAKE, uri,
                            transport, roles[!sender_calls], receiver_has);
  End *sender = end_play (ENDS_ENDLESS "! p2psink name=p signaling-uri=%s transport=%s %s %s", uri,
                          transport, roles[sender_calls], sender_has);

  return (Ends){ receiver, sender };
}

static End *
get_caller (Ends *ends, gboolean sender_calls)
{
  return sender_calls ? ends->sender : ends->receiver;
}

/* The caller hears an error, the one that was called a warning, and goes on waiting. The one that
 * notices says what is wrong; the other may see the connection end before it hears why. */
static void
check_refused (Ends *ends, gboolean sender_calls, gboolean caller_notices, const gchar *pattern)
{
  End *caller = get_caller (ends, sender_calls), *called = get_caller (ends, !sender_calls);

  if (caller_notices)
    {
      end_expect_error (caller, NOT_AUTHORIZED, pattern, ENDS_SOON_MS);
      end_expect_warning (called, 0, 0, "The peer *");
    }
  else
    {
      end_expect_warning (called, NOT_AUTHORIZED, pattern);
      end_expect_error (caller, 0, 0, "The peer *", ENDS_SOON_MS);
    }
  g_assert_cmpint (g_atomic_int_get (&ends->receiver->n_taken), ==, 0);
  g_assert_cmpuint (caller->n_connected + called->n_connected, ==, 0);
}

/* The one that was called still serves an honest caller. */
static void
check_still_there (Ends *ends, const gchar *uri, const gchar *transport, gboolean sender_calls)
{
  End *called = get_caller (ends, !sender_calls);
  g_autoptr (End) honest
      = sender_calls ? end_play (ENDS_ENDLESS "! p2psink name=p signaling-uri=%s transport=%s "
                                              "local-id=honest remote-id=called",
                                 uri, transport)
                     : end_play ("p2psrc name=p signaling-uri=%s transport=%s local-id=honest "
                                 "remote-id=called ! " ENDS_TAKE,
                                 uri, transport);

  end_wait_taken (sender_calls ? called : honest, 5);
  end_expect_no_error (called);
}

static void
free_ends (Ends *ends)
{
  end_free (ends->sender);
  end_free (ends->receiver);
}

static void
test_tampered (const gchar *transport)
{
  for (guint i = 0; i < 4; i++)
    {
      gboolean sender_calls = i & 1;
      const gchar *liar = i & 2 ? "caller" : "called";
      g_autoptr (TestSignaling) signaling = test_signaling_new (NULL, NULL);
      g_autoptr (TestDetour) detour
          = test_detour_new_tampering (test_signaling_get_port (signaling), lie, (gpointer)liar);
      const gchar *uri = test_detour_get_uri (detour);
      Ends ends = play_ends (uri, transport, sender_calls, "", "");

      g_test_message ("%s calls, the fingerprint of the %s one is changed",
                      sender_calls ? "sender" : "receiver", liar);
      check_refused (&ends, sender_calls, g_str_equal (liar, "called"), "*certificate*");
      if (g_str_equal (liar, "caller"))
        check_still_there (&ends, uri, transport, sender_calls);
      free_ends (&ends);
    }
}

/* --- pinned --- */

typedef struct
{
  gchar *path;
  gchar *fingerprint;
} Certificate;

static void
certificate_init (Certificate *certificate)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GstP2pIdentity) identity = gst_p2p_identity_new (&error);
  gchar *pem = gst_p2p_identity_to_pem (identity);
  gint fd = g_file_open_tmp ("p2p-identity-XXXXXX.pem", &certificate->path, &error);

  g_assert_no_error (error);
  g_close (fd, NULL);
  g_file_set_contents (certificate->path, pem, -1, &error);
  g_assert_no_error (error);
  gst_p2p_secret_text_free (pem);
  certificate->fingerprint = g_strdup (gst_p2p_identity_get_fingerprint (identity));
}

/* With so many units of that name. */
static void
certificate_init_long (Certificate *certificate, guint n_units, const gchar *unit)
{
  EVP_PKEY *key = EVP_EC_gen ("P-256");
  X509 *x509 = X509_new ();
  BIO *bio = BIO_new_file (certificate->path, "w");

  g_assert_true (key && x509 && bio);
  for (guint i = 0; i < n_units; i++)
    X509_NAME_add_entry_by_txt (X509_get_subject_name (x509), "OU", MBSTRING_ASC,
                                (const guint8 *)unit, -1, -1, 0);
  X509_gmtime_adj (X509_getm_notBefore (x509), 0);
  X509_gmtime_adj (X509_getm_notAfter (x509), 3600);
  X509_set_pubkey (x509, key);
  g_assert_cmpint (X509_sign (x509, key, EVP_sha256 ()), >, 0);
  g_assert_true (PEM_write_bio_X509 (bio, x509));
  g_assert_true (PEM_write_bio_PrivateKey (bio, key, NULL, NULL, 0, NULL, NULL));
  BIO_free (bio);
  X509_free (x509);
  EVP_PKEY_free (key);
}

static void
certificate_clear (Certificate *certificate)
{
  g_unlink (certificate->path);
  g_free (certificate->path);
  g_free (certificate->fingerprint);
}

/* Each end has a certificate from a file and expects the other's; written in lower case, too. */
static void
test_pinned_right (const gchar *transport)
{
  Certificate receiver, sender;
  g_autofree gchar *lower = NULL, *receiver_has = NULL, *sender_has = NULL;

  certificate_init (&receiver);
  certificate_init (&sender);
  lower = g_ascii_strdown (receiver.fingerprint, -1);
  receiver_has
      = g_strdup_printf ("certificate=%s remote-fingerprint=%s", receiver.path, sender.fingerprint);
  sender_has = g_strdup_printf ("certificate=%s remote-fingerprint=%s", sender.path, lower);

  for (guint sender_calls = 0; sender_calls < 2; sender_calls++)
    {
      g_autoptr (TestSignaling) signaling = test_signaling_new (NULL, NULL);
      g_autofree gchar *fingerprint = NULL;
      Ends ends = play_ends (test_signaling_get_uri (signaling), transport, sender_calls,
                             receiver_has, sender_has);

      end_wait_taken (ends.receiver, 5);
      g_object_get (ends.receiver->p2p, "fingerprint", &fingerprint, NULL);
      g_assert_cmpstr (fingerprint, ==, receiver.fingerprint);
      end_expect_no_error (ends.receiver);
      end_expect_no_error (ends.sender);
      free_ends (&ends);
    }
  certificate_clear (&receiver);
  certificate_clear (&sender);
}

/* What the stock elements cannot show cannot be verified, and is refused; the direct transport
 * takes it. Much longer than 4096 bytes of PEM; and short, but for the text of its subject. */
static void
test_long (const gchar *transport)
{
  static const struct
  {
    guint n_units;
    const gchar *unit;
  } subjects[] = { { 100, "a unit with a rather long name" }, { 80, "u" } };

  for (guint i = 0; i < 2 * G_N_ELEMENTS (subjects); i++)
    {
      gboolean sender_calls = i % 2;
      g_autoptr (TestSignaling) signaling = test_signaling_new (NULL, NULL);
      g_autofree gchar *sender_has = NULL;
      Certificate certificate;
      Ends ends;

      certificate_init (&certificate);
      certificate_init_long (&certificate, subjects[i / 2].n_units, subjects[i / 2].unit);
      sender_has = g_strdup_printf ("certificate=%s", certificate.path);
      ends
          = play_ends (test_signaling_get_uri (signaling), transport, sender_calls, "", sender_has);
      if (g_str_equal (transport, "direct"))
        end_wait_taken (ends.receiver, 5);
      else
        check_refused (&ends, sender_calls, !sender_calls, "*certificate*not parseable*");
      free_ends (&ends);
      certificate_clear (&certificate);
    }
}

/* One of the two expects somebody else. */
static void
test_pinned_wrong (const gchar *transport)
{
  const gchar *has[] = { "", "remote-fingerprint=" OTHER_FINGERPRINT };

  for (guint i = 0; i < 4; i++)
    {
      gboolean sender_calls = i % 2, sender_pins = i / 2;
      g_autoptr (TestSignaling) signaling = test_signaling_new (NULL, NULL);
      Ends ends = play_ends (test_signaling_get_uri (signaling), transport, sender_calls,
                             has[!sender_pins], has[sender_pins]);

      g_test_message ("%s calls, %s pins", sender_calls ? "sender" : "receiver",
                      sender_pins ? "sender" : "receiver");
      check_refused (&ends, sender_calls, sender_calls == sender_pins, "The peer signals the *");
      end_set_state (ends.receiver, GST_STATE_NULL);
      end_set_state (ends.sender, GST_STATE_NULL);
      free_ends (&ends);
    }
}

/* --- accept-peer --- */

static gboolean
on_accept_peer (GstElement *element, const gchar *id, const gchar *fingerprint, gpointer answer)
{
  g_assert_cmpstr (id, ==, "caller");
  g_assert_cmpuint (strlen (fingerprint), ==, GST_P2P_FINGERPRINT_LENGTH);
  return GPOINTER_TO_INT (answer);
}

static void
test_accept_peer (const gchar *transport)
{
  for (gint accept = 0; accept < 2; accept++)
    {
      g_autoptr (TestSignaling) signaling = test_signaling_new (NULL, NULL);
      const gchar *uri = test_signaling_get_uri (signaling);
      g_autoptr (End) receiver = end_new ("p2psrc name=p local-id=called signaling-uri=%s "
                                          "transport=%s ! " ENDS_TAKE,
                                          uri, transport);
      g_autoptr (End) sender = NULL;

      g_signal_connect (receiver->p2p, "accept-peer", G_CALLBACK (on_accept_peer),
                        GINT_TO_POINTER (accept));
      end_set_state (receiver, GST_STATE_PLAYING);
      sender = end_play (ENDS_ENDLESS "! p2psink name=p local-id=caller remote-id=called "
                                      "signaling-uri=%s transport=%s",
                         uri, transport);
      if (accept)
        end_wait_taken (receiver, 1);
      else
        end_expect_error (sender, NOT_AUTHORIZED, "The called peer rejected the connection",
                          ENDS_SOON_MS);
      end_expect_no_error (receiver);
    }
}

int
main (int argc, char **argv)
{
  ends_init (&argc, &argv);
  ends_add ("tampered", test_tampered);
  ends_add ("pinned-right", test_pinned_right);
  ends_add ("pinned-wrong", test_pinned_wrong);
  ends_add ("long", test_long);
  ends_add ("accept-peer", test_accept_peer);
  return g_test_run ();
}
