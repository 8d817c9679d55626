/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * certificate: see certificate.h.
 */
#include "plugins/p2p/transport/stock/packets/certificate.h"

#include <string.h>

#include "gst/p2p/base/bigendian.h"
#include "gst/p2p/link/identity.h"

/* The sizes of dtlsdec's buffers; a subject's text ends with a NUL. */
#define MAX_PEM 4096
#define MAX_SUBJECT 2047
/* What one record can hold, which is a chain of several certificates. */
#define MAX_MESSAGE (GST_P2P_DTLS_MAX_PLAINTEXT - GST_P2P_DTLS_FRAGMENT_HEADER)

struct _GstP2pStockCertificate
{
  /* whatever guards the owner's field */
  guint16 number;
  GByteArray *message; /* nullable; the fragment's header first */
  GByteArray *missing; /* a byte for each of the body's: whether it has not come */
  gsize n_missing;
};

GstP2pStockCertificate *
gst_p2p_stock_certificate_new (void)
{
  return g_new0 (GstP2pStockCertificate, 1);
}

static void
forget (GstP2pStockCertificate *self)
{
  g_clear_pointer (&self->message, g_byte_array_unref);
  g_clear_pointer (&self->missing, g_byte_array_unref);
}

void
gst_p2p_stock_certificate_free (GstP2pStockCertificate *self)
{
  if (!self)
    return;
  forget (self);
  g_free (self);
}

static void
write_u24 (guint8 *to, gsize value)
{
  to[0] = value >> 16 & 0xff;
  gst_p2p_write_u16 (to + 1, value & 0xffff);
}

static gsize
read_u24 (const guint8 *from)
{
  return (gsize)from[0] << 16 | gst_p2p_read_u16 (from + 1);
}

static void
begin (GstP2pStockCertificate *self, const GstP2pDtlsFragment *fragment)
{
  guint8 *header;

  forget (self);
  self->number = fragment->number;
  self->n_missing = fragment->length;
  self->message = g_byte_array_new ();
  self->missing = g_byte_array_new ();
  g_byte_array_set_size (self->message, GST_P2P_DTLS_FRAGMENT_HEADER + fragment->length);
  g_byte_array_set_size (self->missing, fragment->length);
  memset (self->message->data, 0, self->message->len);
  if (fragment->length > 0)
    memset (self->missing->data, TRUE, fragment->length);
  header = self->message->data;
  header[0] = fragment->type;
  write_u24 (header + 1, fragment->length);
  gst_p2p_write_u16 (header + 4, fragment->number);
  write_u24 (header + 9, fragment->length); /* from offset 0 */
}

static void
put (GstP2pStockCertificate *self, const GstP2pDtlsFragment *fragment)
{
  guint8 *body = self->message->data + GST_P2P_DTLS_FRAGMENT_HEADER;

  for (gsize i = 0; i < fragment->size; i++)
    {
      self->n_missing -= self->missing->data[fragment->offset + i];
      self->missing->data[fragment->offset + i] = FALSE;
    }
  if (fragment->size > 0)
    memcpy (body + fragment->offset, fragment->data, fragment->size);
}

/* Whether dtlsdec can take the first certificate, which is the peer's own. One that OpenSSL cannot
 * parse is passed on, since OpenSSL refuses it and says what is wrong; so is an empty list. */
static gboolean
is_readable (const guint8 *body, gsize size)
{
  gsize pem, subject;

  if (size < 6 || read_u24 (body + 3) > size - 6
      || !gst_p2p_certificate_measure (body + 6, read_u24 (body + 3), &pem, &subject))
    return TRUE;
  return pem <= MAX_PEM && subject <= MAX_SUBJECT;
}

GstP2pStockCertificateState
gst_p2p_stock_certificate_add (GstP2pStockCertificate *self, const GstP2pDtlsFragment *fragment)
{
  if (fragment->length > MAX_MESSAGE)
    return GST_P2P_STOCK_CERTIFICATE_UNREADABLE;
  if (!self->message || self->number != fragment->number || self->missing->len != fragment->length)
    begin (self, fragment);
  put (self, fragment);
  if (self->n_missing > 0)
    return GST_P2P_STOCK_CERTIFICATE_PARTIAL;
  if (is_readable (self->message->data + GST_P2P_DTLS_FRAGMENT_HEADER, self->missing->len))
    return GST_P2P_STOCK_CERTIFICATE_WHOLE;
  forget (self);
  return GST_P2P_STOCK_CERTIFICATE_UNREADABLE;
}

GByteArray *
gst_p2p_stock_certificate_take (GstP2pStockCertificate *self)
{
  GByteArray *message = g_steal_pointer (&self->message);

  forget (self);
  return message;
}
