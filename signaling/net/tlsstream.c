/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * tlsstream: see tlsstream.h.
 */
#include "signaling/net/tlsstream.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>

#include "gst/p2p/base/error.h"
#include "gst/p2p/base/secrettext.h"

/* --- context --- */

static X509 *
get_x509 (GTlsCertificate *certificate)
{
  g_autofree gchar *pem = NULL;
  BIO *bio;
  X509 *x509;

  g_object_get (certificate, "certificate-pem", &pem, NULL);
  bio = BIO_new_mem_buf (pem, -1);
  x509 = PEM_read_bio_X509 (bio, NULL, NULL, NULL);
  BIO_free (bio);
  return x509;
}

static EVP_PKEY *
get_key (GTlsCertificate *certificate)
{
  gchar *pem = NULL; /* secret */
  BIO *bio;
  EVP_PKEY *key;

  g_object_get (certificate, "private-key-pem", &pem, NULL);
  if (!pem)
    return NULL;
  bio = BIO_new_mem_buf (pem, -1);
  key = PEM_read_bio_PrivateKey (bio, NULL, NULL, (void *)"");
  BIO_free (bio);
  gst_p2p_secret_text_free (pem);
  return key;
}

static gboolean
use_certificate (SSL_CTX *context, GTlsCertificate *certificate)
{
  X509 *x509 = get_x509 (certificate);
  EVP_PKEY *key = get_key (certificate);
  GTlsCertificate *issuer = g_tls_certificate_get_issuer (certificate);
  gboolean used = x509 && key && SSL_CTX_use_certificate (context, x509) == 1
                  && SSL_CTX_use_PrivateKey (context, key) == 1;

  X509_free (x509);
  EVP_PKEY_free (key);
  for (; used && issuer; issuer = g_tls_certificate_get_issuer (issuer))
    {
      x509 = get_x509 (issuer);
      used = x509 && SSL_CTX_add1_chain_cert (context, x509) == 1;
      X509_free (x509);
    }
  return used;
}

SSL_CTX *
gst_p2p_net_tls_context_new (GTlsCertificate *certificate, GError **error)
{
  SSL_CTX *context = SSL_CTX_new (TLS_server_method ());

  if (!context || !use_certificate (context, certificate))
    {
      ERR_clear_error ();
      SSL_CTX_free (context);
      g_set_error_literal (error, GST_P2P_ERROR, GST_P2P_ERROR_SETTINGS,
                           "The TLS certificate cannot be used: it has no private key of its own, "
                           "or a broken chain");
      return NULL;
    }
  SSL_CTX_set_min_proto_version (context, TLS1_2_VERSION);
  SSL_CTX_set_options (context, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION);
  SSL_CTX_set_mode (context, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER
                                 | SSL_MODE_RELEASE_BUFFERS);
  SSL_CTX_set_session_cache_mode (context, SSL_SESS_CACHE_OFF);
  SSL_CTX_set_num_tickets (context, 0);
  return context;
}

/* --- the pair --- */

#define TLS_TYPE_STREAM (tls_stream_get_type ())
G_DECLARE_FINAL_TYPE (TlsStream, tls_stream, TLS, STREAM, GIOStream)

struct _TlsStream
{
  GIOStream parent;

  /* const */
  SSL *ssl;
  GSocket *socket;
  GInputStream *input;
  GOutputStream *output;

  /* owner's thread */
  GIOCondition input_waits; /* what the last call would have blocked for */
  GIOCondition output_waits;
};

G_DEFINE_FINAL_TYPE (TlsStream, tls_stream, G_TYPE_IO_STREAM)

/* What SSL_read() or SSL_write() returned, as GIO wants it. */
static gssize
finish (TlsStream *self, gint result, GIOCondition *waits, GError **error)
{
  gint code = SSL_get_error (self->ssl, result);

  switch (code)
    {
    case SSL_ERROR_NONE:
      return result;
    case SSL_ERROR_ZERO_RETURN:
      return 0;
    case SSL_ERROR_WANT_READ:
    case SSL_ERROR_WANT_WRITE:
      *waits = code == SSL_ERROR_WANT_READ ? G_IO_IN : G_IO_OUT;
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK, "TLS would block");
      return -1;
    default:
      g_set_error_literal (error, G_TLS_ERROR, G_TLS_ERROR_MISC, "TLS failed");
      return -1;
    }
}

static GSource *
create_source (TlsStream *self, GObject *stream, GIOCondition waits, gboolean ready,
               GCancellable *cancellable)
{
  g_autoptr (GSource) child = ready ? g_timeout_source_new (0)
                                    : g_socket_create_source (self->socket, waits, cancellable);

  return g_pollable_source_new_full (stream, child, NULL);
}

static gboolean
is_ready (TlsStream *self, GIOCondition waits)
{
  return g_socket_condition_check (self->socket, waits) != 0;
}

/* --- input --- */

#define TLS_TYPE_INPUT (tls_input_get_type ())
G_DECLARE_FINAL_TYPE (TlsInput, tls_input, TLS, INPUT, GInputStream)

struct _TlsInput
{
  GInputStream parent;

  /* const */
  TlsStream *owner; /* outlives this */
};

static void tls_input_pollable_init (GPollableInputStreamInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (TlsInput, tls_input, G_TYPE_INPUT_STREAM,
                               G_IMPLEMENT_INTERFACE (G_TYPE_POLLABLE_INPUT_STREAM,
                                                      tls_input_pollable_init))

static gssize
tls_input_read_nonblocking (GPollableInputStream *stream, void *buffer, gsize count, GError **error)
{
  TlsStream *self = TLS_INPUT (stream)->owner;

  ERR_clear_error ();
  return finish (self, SSL_read (self->ssl, buffer, MIN (count, G_MAXINT)), &self->input_waits,
                 error);
}

static gboolean
tls_input_is_readable (GPollableInputStream *stream)
{
  TlsStream *self = TLS_INPUT (stream)->owner;

  return SSL_pending (self->ssl) > 0 || is_ready (self, self->input_waits);
}

static GSource *
tls_input_create_source (GPollableInputStream *stream, GCancellable *cancellable)
{
  TlsStream *self = TLS_INPUT (stream)->owner;

  return create_source (self, G_OBJECT (stream), self->input_waits, SSL_pending (self->ssl) > 0,
                        cancellable);
}

static void
tls_input_pollable_init (GPollableInputStreamInterface *iface)
{
  iface->read_nonblocking = tls_input_read_nonblocking;
  iface->is_readable = tls_input_is_readable;
  iface->create_source = tls_input_create_source;
}

static void
tls_input_class_init (TlsInputClass *klass)
{
}

static void
tls_input_init (TlsInput *self)
{
}

/* --- output --- */

#define TLS_TYPE_OUTPUT (tls_output_get_type ())
G_DECLARE_FINAL_TYPE (TlsOutput, tls_output, TLS, OUTPUT, GOutputStream)

struct _TlsOutput
{
  GOutputStream parent;

  /* const */
  TlsStream *owner; /* outlives this */
};

static void tls_output_pollable_init (GPollableOutputStreamInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (TlsOutput, tls_output, G_TYPE_OUTPUT_STREAM,
                               G_IMPLEMENT_INTERFACE (G_TYPE_POLLABLE_OUTPUT_STREAM,
                                                      tls_output_pollable_init))

static gssize
tls_output_write_nonblocking (GPollableOutputStream *stream, const void *buffer, gsize count,
                              GError **error)
{
  TlsStream *self = TLS_OUTPUT (stream)->owner;

  ERR_clear_error ();
  return finish (self, SSL_write (self->ssl, buffer, MIN (count, G_MAXINT)), &self->output_waits,
                 error);
}

static gboolean
tls_output_is_writable (GPollableOutputStream *stream)
{
  TlsStream *self = TLS_OUTPUT (stream)->owner;

  return is_ready (self, self->output_waits);
}

static GSource *
tls_output_create_source (GPollableOutputStream *stream, GCancellable *cancellable)
{
  TlsStream *self = TLS_OUTPUT (stream)->owner;

  return create_source (self, G_OBJECT (stream), self->output_waits, FALSE, cancellable);
}

static void
tls_output_pollable_init (GPollableOutputStreamInterface *iface)
{
  iface->write_nonblocking = tls_output_write_nonblocking;
  iface->is_writable = tls_output_is_writable;
  iface->create_source = tls_output_create_source;
}

static void
tls_output_class_init (TlsOutputClass *klass)
{
}

static void
tls_output_init (TlsOutput *self)
{
}

/* --- the pair's methods --- */

static GInputStream *
tls_stream_get_input_stream (GIOStream *stream)
{
  return TLS_STREAM (stream)->input;
}

static GOutputStream *
tls_stream_get_output_stream (GIOStream *stream)
{
  return TLS_STREAM (stream)->output;
}

/* The socket has an owner who closes it. */
static gboolean
tls_stream_close_fn (GIOStream *stream, GCancellable *cancellable, GError **error)
{
  return TRUE;
}

static void
tls_stream_finalize (GObject *object)
{
  TlsStream *self = TLS_STREAM (object);

  g_object_unref (self->input);
  g_object_unref (self->output);
  SSL_free (self->ssl);
  g_object_unref (self->socket);
  G_OBJECT_CLASS (tls_stream_parent_class)->finalize (object);
}

static void
tls_stream_class_init (TlsStreamClass *klass)
{
  GIOStreamClass *stream_class = G_IO_STREAM_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = tls_stream_finalize;
  stream_class->get_input_stream = tls_stream_get_input_stream;
  stream_class->get_output_stream = tls_stream_get_output_stream;
  stream_class->close_fn = tls_stream_close_fn;
}

static void
tls_stream_init (TlsStream *self)
{
  self->input_waits = G_IO_IN;
  self->output_waits = G_IO_OUT;
}

GIOStream *
gst_p2p_net_tls_stream_new (SSL_CTX *context, GSocket *socket)
{
  TlsStream *self = g_object_new (TLS_TYPE_STREAM, NULL);
  TlsInput *input = g_object_new (TLS_TYPE_INPUT, NULL);
  TlsOutput *output = g_object_new (TLS_TYPE_OUTPUT, NULL);

  input->owner = self;
  output->owner = self;
  self->input = G_INPUT_STREAM (input);
  self->output = G_OUTPUT_STREAM (output);
  self->socket = g_object_ref (socket);
  self->ssl = SSL_new (context);
  SSL_set_fd (self->ssl, g_socket_get_fd (socket));
  SSL_set_accept_state (self->ssl);
  return G_IO_STREAM (self);
}
