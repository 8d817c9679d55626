/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * addresses: see addresses.h.
 */
#include "plugins/p2p/transport/addresses.h"

#include <arpa/inet.h>
#include <ifaddrs.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* Addresses of documentation (RFC 5737, RFC 3849): in nobody's network, so that the way to them is
 * the way to the internet. Nothing is sent there. */
static const gchar *const far_away[] = { "192.0.2.1", "2001:db8::1" };

typedef struct
{
  const gchar *text;
  gint rank; /* the lowest goes first */
  guint place;
} Address;

static gboolean
parse (const gchar *text, struct sockaddr_storage *address)
{
  struct sockaddr_in *v4 = (struct sockaddr_in *)address;
  struct sockaddr_in6 *v6 = (struct sockaddr_in6 *)address;
  g_autofree gchar *bare = g_strndup (text, strcspn (text, "%"));

  memset (address, 0, sizeof *address);
  address->ss_family = strchr (text, ':') ? AF_INET6 : AF_INET;
  if (address->ss_family == AF_INET)
    return inet_pton (AF_INET, bare, &v4->sin_addr) == 1;
  return inet_pton (AF_INET6, bare, &v6->sin6_addr) == 1;
}

static gboolean
is_same (const struct sockaddr *a, const struct sockaddr_storage *b)
{
  if (!a || a->sa_family != b->ss_family)
    return FALSE;
  if (a->sa_family == AF_INET)
    return memcmp (&((const struct sockaddr_in *)a)->sin_addr,
                   &((const struct sockaddr_in *)b)->sin_addr, sizeof (struct in_addr))
           == 0;
  return memcmp (&((const struct sockaddr_in6 *)a)->sin6_addr,
                 &((const struct sockaddr_in6 *)b)->sin6_addr, sizeof (struct in6_addr))
         == 0;
}

/* Whether the kernel sends from @address what is for somebody far away. */
static gboolean
is_way_out (const struct sockaddr_storage *address)
{
  gboolean v6 = address->ss_family == AF_INET6;
  struct sockaddr_storage to, from = { 0 };
  socklen_t size = sizeof from;
  gint fd = socket (address->ss_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  gboolean result;

  if (fd < 0)
    return FALSE;
  parse (far_away[v6], &to);
  ((struct sockaddr_in *)&to)->sin_port = htons (9); /* at the same place in both families */
  result = connect (fd, (struct sockaddr *)&to,
                    v6 ? sizeof (struct sockaddr_in6) : sizeof (struct sockaddr_in))
               == 0
           && getsockname (fd, (struct sockaddr *)&from, &size) == 0
           && is_same ((struct sockaddr *)&from, address);
  close (fd);
  return result;
}

static gboolean
has_entry (const gchar *interface, const gchar *entry)
{
  g_autofree gchar *path = g_strdup_printf ("/sys/class/net/%s/%s", interface, entry);

  return access (path, F_OK) == 0;
}

static gint
get_rank (const struct ifaddrs *interfaces, const gchar *text)
{
  struct sockaddr_storage address;

  if (!parse (text, &address))
    return 4;
  if (address.ss_family == AF_INET6
      && IN6_IS_ADDR_LINKLOCAL (&((struct sockaddr_in6 *)&address)->sin6_addr))
    return 4;
  if (is_way_out (&address))
    return 0;
  while (interfaces && !is_same (interfaces->ifa_addr, &address))
    interfaces = interfaces->ifa_next;
  if (interfaces && has_entry (interfaces->ifa_name, "device")) /* there is hardware */
    return 1;
  return interfaces && has_entry (interfaces->ifa_name, "bridge") ? 3 : 2;
}

static gint
compare (gconstpointer a, gconstpointer b)
{
  const Address *x = a, *y = b;

  return x->rank != y->rank ? x->rank - y->rank : (gint)x->place - (gint)y->place;
}

gboolean
gst_p2p_addresses_choose (GList *addresses, GPtrArray *chosen)
{
  g_autoptr (GArray) all = g_array_new (FALSE, FALSE, sizeof (Address));
  struct ifaddrs *interfaces = NULL;

  if (g_list_length (addresses) <= GST_P2P_ADDRESSES_MAX)
    return FALSE;
  if (getifaddrs (&interfaces) != 0)
    interfaces = NULL;
  for (; addresses; addresses = addresses->next)
    {
      Address address = { addresses->data, get_rank (interfaces, addresses->data), all->len };

      g_array_append_val (all, address);
    }
  if (interfaces)
    freeifaddrs (interfaces);
  g_array_sort (all, compare);
  for (guint i = 0; i < GST_P2P_ADDRESSES_MAX; i++)
    g_ptr_array_add (chosen, (gpointer)g_array_index (all, Address, i).text);
  return TRUE;
}
