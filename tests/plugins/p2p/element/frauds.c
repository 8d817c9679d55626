/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * frauds: peers that signal the fingerprint of a certificate and cannot prove in DTLS that it is
 * theirs: they have none, or none that can be read, or somebody else's without its key. Each is
 * refused with NOT_AUTHORIZED in either role, and not one byte of it is delivered.
 *
 * OpenSSL's own functions do not let a program behave like that, so two of them are replaced here,
 * for the whole process (tests are linked with -rdynamic), but only where the certificate is the
 * stranger's.
 */
#include <dlfcn.h>
#include <openssl/ssl.h>
#include <string.h>

#include "tests/common/signaling.h"
#include "tests/common/wait.h"
#include "tests/plugins/p2p/element/ends.h"
#include "tests/plugins/p2p/element/stranger.h"

#define NOT_AUTHORIZED GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_NOT_AUTHORIZED

typedef struct
{
  const gchar *name;
  void (*prepare) (Stranger *stranger);
} Fraud;

/* What the stranger shows; set while no stranger runs, and before it signals. */
static struct
{
  X509 *own;     /* NULL: nobody is replaced */
  GBytes *shown; /* NULL: nothing at all */
} forged;

/* --- instead of OpenSSL --- */

int
SSL_CTX_use_certificate (SSL_CTX *context, X509 *certificate)
{
  int (*next) (SSL_CTX *, X509 *) = dlsym (RTLD_NEXT, "SSL_CTX_use_certificate");

  return certificate == forged.own && !forged.shown ? 1 : next (context, certificate);
}

/* What goes into the Certificate message. */
int
i2d_X509 (const X509 *certificate, unsigned char **out)
{
  int (*next) (const X509 *, unsigned char **) = dlsym (RTLD_NEXT, "i2d_X509");
  gsize size;
  gconstpointer data;

  if (certificate != forged.own || !forged.shown)
    return next (certificate, out);
  data = g_bytes_get_data (forged.shown, &size);
  if (out)
    {
      memcpy (*out, data, size);
      *out += size;
    }
  return (int)size;
}

/* --- the frauds --- */

static void
show_nothing (Stranger *stranger)
{
}

/* A DER sequence of the right length, and nothing that makes sense in it. */
static void
show_garbage (Stranger *stranger)
{
  guint8 garbage[256] = { 0x30, 0x81, sizeof garbage - 3 };

  memset (garbage + 3, 0xa5, sizeof garbage - 3);
  forged.shown = g_bytes_new (garbage, sizeof garbage);
}

/* That of an honest peer, as everybody sees it who ever connected to it. */
static void
show_stolen (Stranger *stranger)
{
  g_autoptr (GstP2pIdentity) victim = gst_p2p_identity_new (NULL);
  guint8 *der = NULL;
  int size = i2d_X509 (gst_p2p_identity_get_certificate (victim), &der);

  forged.shown = g_bytes_new (der, size);
  OPENSSL_free (der);
  stranger->fingerprint = g_strdup (gst_p2p_identity_get_fingerprint (victim));
}

static const Fraud frauds[] = {
  { "nothing", show_nothing },
  { "garbage", show_garbage },
  { "stolen", show_stolen },
};

static void
begin_fraud (const Fraud *fraud, Stranger *stranger)
{
  g_test_message ("%s", fraud->name);
  forged.own = gst_p2p_identity_get_certificate (side_identity (stranger->role));
  fraud->prepare (stranger);
}

static void
end_fraud (Stranger *stranger)
{
  stranger_free (stranger);
  forged.own = NULL;
  g_clear_pointer (&forged.shown, g_bytes_unref);
}

/* --- who meets them --- */

static void
check_nothing_came (End *receiver, Stranger *stranger)
{
  g_assert_cmpuint (receiver->n_connected, ==, 0);
  g_assert_cmpint (g_atomic_int_get (&receiver->n_taken), ==, 0);
  g_assert_false (stranger->side.established);
}

/* The stranger calls; the element says so and waits for the next, who is honest. */
static void
test_called (const gchar *transport)
{
  g_autoptr (TestSignaling) signaling = test_signaling_new (NULL, NULL);
  const gchar *uri = test_signaling_get_uri (signaling);
  g_autoptr (End) receiver = end_play (
      "p2psrc name=p local-id=called signaling-uri=%s transport=%s ! " ENDS_TAKE, uri, transport);
  g_autoptr (End) honest = NULL;

  end_expect_info (receiver, "Waiting to be called*");
  for (guint i = 0; i < G_N_ELEMENTS (frauds); i++)
    {
      Stranger *stranger = stranger_call (uri, "direct", "called", 0);

      begin_fraud (&frauds[i], stranger);
      end_take_warning (receiver, NOT_AUTHORIZED, "*certificate*");
      check_nothing_came (receiver, stranger);
      end_fraud (stranger);
    }

  honest = end_play (ENDS_ENDLESS "! p2psink name=p remote-id=called signaling-uri=%s transport=%s",
                     uri, transport);
  end_wait_taken (receiver, 1);
  end_expect_no_warning (receiver);
  end_expect_no_error (receiver);
}

/* The element calls: that is its end. */
static void
test_calling (const gchar *transport)
{
  for (guint i = 0; i < G_N_ELEMENTS (frauds); i++)
    {
      g_autoptr (TestSignaling) signaling = test_signaling_new (NULL, NULL);
      const gchar *uri = test_signaling_get_uri (signaling);
      Stranger *stranger = stranger_answer (uri, "direct");
      g_autoptr (End) receiver = NULL;

      begin_fraud (&frauds[i], stranger);
      receiver = end_play ("p2psrc name=p remote-id=" STRANGER_ID " signaling-uri=%s transport=%s "
                           "! " ENDS_TAKE,
                           uri, transport);
      end_expect_error (receiver, NOT_AUTHORIZED, "*certificate*", ENDS_SOON_MS);
      check_nothing_came (receiver, stranger);
      end_fraud (stranger);
    }
}

int
main (int argc, char **argv)
{
  ends_init (&argc, &argv);
  ends_add ("called", test_called);
  ends_add ("calling", test_calling);
  return g_test_run ();
}
