/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * certificate: the peer's Certificate message (RFC 5246 section 7.4.2), put together out of its
 * fragments and looked at before dtlsdec gets it.
 *
 * dtlsdec writes the peer's certificate as text into buffers of fixed size before anybody can say
 * whose it is: the PEM into 4096 bytes, of which it shows no more, and the subject into 2048 on its
 * stack, which versions without GStreamer's fix overrun (1.22.0-4+deb12u7 and older, 1.26.2). And
 * it would put the fragments together by itself, the later one over the earlier. So it gets the
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

/* @fragment: one that lies within its message. One of another message begins anew. */
GstP2pStockCertificateState gst_p2p_stock_certificate_add (GstP2pStockCertificate *certificate,
                                                           const GstP2pDtlsFragment *fragment);

/* When it is whole: the message as one fragment with its header, which can be taken once. */
GByteArray *gst_p2p_stock_certificate_take (GstP2pStockCertificate *certificate);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GstP2pStockCertificate, gst_p2p_stock_certificate_free)

G_END_DECLS
