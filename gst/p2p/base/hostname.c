/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * hostname: see hostname.h.
 */
#include "gst/p2p/base/hostname.h"

#include <string.h>

#define MAX_HOSTNAME 253 /* RFC 1035 section 2.3.4, without the length bytes of both ends */

gboolean
gst_p2p_hostname_is_valid (const gchar *host)
{
  if (!*host || strlen (host) > MAX_HOSTNAME)
    return FALSE;
  if (strchr (host, ':'))
    return g_hostname_is_ip_address (host);
  for (; *host; host++)
    if (!g_ascii_isalnum (*host) && !strchr (".-_", *host))
      return FALSE;
  return TRUE;
}
