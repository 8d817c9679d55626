/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * report: see report.h.
 *
 * The plugin p2p has a table of its own, since the same error means another thing there: what is
 * not found is a peer, not a key; what is invalid came from a remote, not from an encoder.
 */
#include "plugins/sframe/report.h"

#include "gst/p2p/base/error.h"
#include "plugins/sframe/log.h"

#define GST_CAT_DEFAULT gst_p2p_sframe_debug

void
gst_p2p_sframe_report (GstElement *element, const GError *error)
{
  GstP2pError code
      = error->domain == GST_P2P_ERROR ? (GstP2pError)error->code : GST_P2P_ERROR_FAILED;

  switch (code)
    {
    case GST_P2P_ERROR_INVALID:
    case GST_P2P_ERROR_LIMIT:
      GST_ELEMENT_ERROR (element, STREAM, ENCODE, ("%s.", error->message), (NULL));
      break;
    case GST_P2P_ERROR_NOT_FOUND:
      GST_ELEMENT_ERROR (element, STREAM, DECRYPT_NOKEY, ("%s.", error->message),
                         ("Set key, key-file or passphrase, or add the key to the key ring."));
      break;
    case GST_P2P_ERROR_BUSY:
      GST_ELEMENT_ERROR (element, RESOURCE, BUSY, ("%s.", error->message), (NULL));
      break;
    case GST_P2P_ERROR_CRYPTO:
      GST_ELEMENT_ERROR (element, LIBRARY, FAILED, ("%s.", error->message), (NULL));
      break;
    default:
      GST_ELEMENT_ERROR (element, RESOURCE, SETTINGS, ("%s.", error->message), (NULL));
      break;
    }
}
