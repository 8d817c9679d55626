/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * certificate: the peer's Certificate message (RFC 5246 section 7.4.2), put together out of its
 * fragments and looked at before dtlsdec gets it.
 *
 * dtlsdec writes the peer's certificate as text into buffers of fixed size before anybody can tell
 * whose it is: the PEM into 4096 bytes, which cut it off, and the subject into 2048 bytes on its
 * stack, which versions without GStreamer's fix overrun (1.22.0-4+deb12u7 and older, 1.26.2). It
 * would also put fragments together by itself, a later one over an earlier one. So it gets the
 * message as one fragment, or not at all.
 *
 * Not thread-safe.
 */
#pragma once

#include "gst/p2p/link/dtlsrecord.h"

G_BEGIN_DECLS

typedef enum
{
  GST_P2P_STOCK_CERTIFICATE_PARTIAL,
  GST_P2P_STOCK_CERTIFICATE_WHOLE,
  GST_P2P_STOCK_CERTIFICATE_UNREADABLE /* by dtlsdec */
} GstP2pStockCertificateState;

typedef struct _GstP2pStockCertificate GstP2pStockCertificate;

GstP2pStockCertificate *gst_p2p_stock_certificate_new (void);
void gst_p2p_stock_certificate_free (GstP2pStockCertificate *certificate);

/* @fragment: one that lies within its message. A fragment of another message begins that message
 *   anew. */
GstP2pStockCertificateState gst_p2p_stock_certificate_add (GstP2pStockCertificate *certificate,
                                                           const GstP2pDtlsFragment *fragment);

/* Only when the message is whole: returns it as one fragment with its header. It can be taken
 * once. */
GByteArray *gst_p2p_stock_certificate_take (GstP2pStockCertificate *certificate);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GstP2pStockCertificate, gst_p2p_stock_certificate_free)

G_END_DECLS
