/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * routing: see routing.h.
 */
#include "signaling/routing.h"

#include "gst/p2p/base/secrettext.h"
#include "gst/p2p/link/names.h"

typedef struct
{
  /* const */
  gchar *id;
  gchar *resume; /* secret */

  /* owner's thread */
  gpointer client;
} Binding;

struct _GstP2pSignalingRouting
{
  /* const */
  gchar *token; /* secret */

  /* owner's thread */
  GHashTable *by_id;     /* id → Binding, owned */
  GHashTable *by_client; /* client → Binding */
};

static void
binding_free (Binding *binding)
{
  g_free (binding->id);
  gst_p2p_secret_text_free (binding->resume);
  g_free (binding);
}

GstP2pSignalingRouting *
gst_p2p_signaling_routing_new (const gchar *token)
{
  GstP2pSignalingRouting *routing = g_new0 (GstP2pSignalingRouting, 1);

  routing->token = g_strdup (token);
  routing->by_id
      = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, (GDestroyNotify)binding_free);
  routing->by_client = g_hash_table_new (NULL, NULL);
  return routing;
}

void
gst_p2p_signaling_routing_free (GstP2pSignalingRouting *routing)
{
  if (!routing)
    return;
  g_hash_table_unref (routing->by_client);
  g_hash_table_unref (routing->by_id);
  gst_p2p_secret_text_free (routing->token);
  g_free (routing);
}

static void
add (GstP2pSignalingRouting *routing, gpointer client, const gchar *id)
{
  Binding *binding = g_new0 (Binding, 1);

  binding->id = g_strdup (id);
  binding->resume = gst_p2p_session_new ();
  binding->client = client;
  g_hash_table_insert (routing->by_id, binding->id, binding);
  g_hash_table_insert (routing->by_client, client, binding);
}

const gchar *
gst_p2p_signaling_routing_bind (GstP2pSignalingRouting *routing, gpointer client,
                                const GstP2pSignalingMessage *bind, gpointer *replaced)
{
  Binding *binding;

  *replaced = NULL;
  if (g_hash_table_contains (routing->by_client, client))
    return GST_P2P_SIGNALING_BAD_MESSAGE;
  if (routing->token && !gst_p2p_secret_text_equal (routing->token, bind->token))
    return GST_P2P_SIGNALING_UNAUTHORIZED;

  binding = g_hash_table_lookup (routing->by_id, bind->id);
  if (!binding)
    {
      add (routing, client, bind->id);
      return NULL;
    }
  if (!gst_p2p_secret_text_equal (binding->resume, bind->resume))
    return GST_P2P_SIGNALING_ID_TAKEN;

  *replaced = binding->client;
  g_hash_table_remove (routing->by_client, binding->client);
  binding->client = client;
  g_hash_table_insert (routing->by_client, client, binding);
  return NULL;
}

gpointer
gst_p2p_signaling_routing_route (GstP2pSignalingRouting *routing, gpointer client,
                                 const GstP2pSignalingMessage *message, const gchar **code)
{
  Binding *from = g_hash_table_lookup (routing->by_client, client);
  Binding *to;

  *code = NULL;
  if (!from)
    {
      *code = GST_P2P_SIGNALING_NOT_BOUND;
      return NULL;
    }
  if (!g_str_equal (message->from, from->id))
    {
      *code = GST_P2P_SIGNALING_BAD_MESSAGE;
      return NULL;
    }
  to = g_hash_table_lookup (routing->by_id, message->to);
  if (!to)
    {
      *code = GST_P2P_SIGNALING_NOT_FOUND;
      return NULL;
    }
  return to->client;
}

const gchar *
gst_p2p_signaling_routing_get_id (GstP2pSignalingRouting *routing, gpointer client)
{
  Binding *binding = g_hash_table_lookup (routing->by_client, client);

  return binding ? binding->id : NULL;
}

const gchar *
gst_p2p_signaling_routing_get_resume (GstP2pSignalingRouting *routing, gpointer client)
{
  Binding *binding = g_hash_table_lookup (routing->by_client, client);

  return binding ? binding->resume : NULL;
}

void
gst_p2p_signaling_routing_remove (GstP2pSignalingRouting *routing, gpointer client)
{
  Binding *binding = g_hash_table_lookup (routing->by_client, client);

  if (!binding)
    return;
  g_hash_table_remove (routing->by_client, client);
  g_hash_table_remove (routing->by_id, binding->id);
}

guint
gst_p2p_signaling_routing_get_size (GstP2pSignalingRouting *routing)
{
  return g_hash_table_size (routing->by_id);
}
