/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * dtls: see dtls.h.
 *
 * The first dtlsdec of a process makes an RSA-2048 key for a default certificate that we never use,
 * which takes 90 to 800 ms. That key cannot be avoided, only made on a thread, at a time when
 * nobody waits for it. Only the process knows which dtlsdec is its first, hence the globals here.
 *
 * dtlsdec's property "pem" is readable and returns the private key, to everybody who dumps
 * properties: dot files, gst-launch-1.0 -v, inspectors. A subclass of dtlsdec's type redefines the
 * property as write-only and hands what is written to dtlsdec's own. GObject calls the class that a
 * property belongs to, so everything else is dtlsdec's.
 */
#include "plugins/p2p/transport/stock/dtls.h"

#include "gst/p2p/base/secrettext.h"

static struct
{
  GMutex lock;
  GCond cond;
  /* lock */
  GThread *thread; /* until it is joined */
  gboolean started;
  gboolean done;
  GSList *waiting; /* Waiter */
} prepare;

typedef struct
{
  GstP2pMailbox *mailbox;
  GFunc func;
  gpointer data;
} Waiter;

/* --- the subclass --- */

#define PROP_PEM 1

static void
dtlsdec_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  GObjectClass *parent = g_type_class_peek_parent (G_OBJECT_GET_CLASS (object));
  GParamSpec *pem = g_object_class_find_property (parent, "pem");

  parent->set_property (object, pem->param_id, value, pem);
}

static void
dtlsdec_class_init (gpointer klass, gpointer data)
{
  GObjectClass *object_class = klass;

  object_class->set_property = dtlsdec_set_property;
  g_object_class_install_property (
      object_class, PROP_PEM,
      g_param_spec_string ("pem", "PEM", "Certificate and private key; cannot be read back", NULL,
                           G_PARAM_WRITABLE | G_PARAM_STATIC_STRINGS));
}

static GType
dtlsdec_get_type (void)
{
  static gsize type;

  if (g_once_init_enter (&type))
    {
      g_autoptr (GstElementFactory) factory = gst_element_factory_find ("dtlsdec");
      g_autoptr (GstPluginFeature) loaded
          = factory ? gst_plugin_feature_load (GST_PLUGIN_FEATURE (factory)) : NULL;
      GType own = G_TYPE_INVALID;

      if (loaded)
        {
          GType stock = gst_element_factory_get_element_type (GST_ELEMENT_FACTORY (loaded));
          GTypeQuery query;

          g_type_query (stock, &query);
          own = g_type_register_static_simple (stock, "GstP2pStockDtlsDec", query.class_size,
                                               (GClassInitFunc)dtlsdec_class_init,
                                               query.instance_size, NULL, 0);
        }
      /* 0 cannot be stored: G_TYPE_NONE means that the element is missing */
      g_once_init_leave (&type, own != G_TYPE_INVALID ? own : G_TYPE_NONE);
    }
  return type;
}

GstElement *
gst_p2p_stock_dtlsdec_new (const gchar *connection_id, GstP2pIdentity *identity)
{
  GType type = dtlsdec_get_type ();
  GstElement *dtlsdec;
  gchar *pem;

  if (type == G_TYPE_NONE)
    return NULL;
  dtlsdec = g_object_new (type, "name", "dtlsdec", NULL);
  pem = gst_p2p_identity_to_pem (identity);
  /* dtlsdec makes its connection when it gets the id, with the certificate that it then has */
  g_object_set (dtlsdec, "pem", pem, NULL);
  g_object_set (dtlsdec, "connection-id", connection_id, NULL);
  gst_p2p_secret_text_free (pem);
  return dtlsdec;
}

/* --- preparation --- */

static void
load (const gchar *name)
{
  GstElementFactory *factory = gst_element_factory_find (name);
  GstPluginFeature *loaded;

  if (!factory)
    return;
  loaded = gst_plugin_feature_load (GST_PLUGIN_FEATURE (factory));
  gst_object_unref (factory);
  if (loaded)
    gst_object_unref (loaded);
}

static gpointer
prepare_thread (gpointer data)
{
  static const gchar *const names[] = { "nicesrc", "nicesink", "sctpenc", "sctpdec", "dtlsenc" };
  GSList *waiting, *l;
  GType type;
  guint i;

  for (i = 0; i < G_N_ELEMENTS (names); i++)
    load (names[i]);
  type = dtlsdec_get_type ();
  if (type != G_TYPE_NONE)
    gst_object_unref (gst_object_ref_sink (g_object_new (type, NULL)));

  g_mutex_lock (&prepare.lock);
  prepare.done = TRUE;
  g_cond_broadcast (&prepare.cond);
  waiting = g_steal_pointer (&prepare.waiting);
  g_mutex_unlock (&prepare.lock);
  waiting = g_slist_reverse (waiting);
  for (l = waiting; l; l = l->next)
    {
      Waiter *waiter = l->data;

      gst_p2p_mailbox_invoke (waiter->mailbox, waiter->func, waiter->data, NULL);
      gst_p2p_mailbox_unref (waiter->mailbox);
      g_free (waiter);
    }
  g_slist_free (waiting);
  return NULL;
}

void
gst_p2p_stock_prepare (void)
{
  g_mutex_lock (&prepare.lock);
  if (!prepare.started)
    prepare.thread = g_thread_new ("p2p-prepare", prepare_thread, NULL);
  prepare.started = TRUE;
  g_mutex_unlock (&prepare.lock);
}

void
gst_p2p_stock_end_prepare (void)
{
  GThread *thread;

  g_mutex_lock (&prepare.lock);
  while (prepare.started && !prepare.done)
    g_cond_wait (&prepare.cond, &prepare.lock);
  thread = g_steal_pointer (&prepare.thread);
  g_mutex_unlock (&prepare.lock);
  if (thread)
    g_thread_join (thread);
}

void
gst_p2p_stock_when_prepared (GstP2pMailbox *mailbox, GFunc func, gpointer data)
{
  gboolean done;

  gst_p2p_stock_prepare ();
  g_mutex_lock (&prepare.lock);
  done = prepare.done;
  if (!done)
    {
      Waiter *waiter = g_new (Waiter, 1);

      waiter->mailbox = gst_p2p_mailbox_ref (mailbox);
      waiter->func = func;
      waiter->data = data;
      prepare.waiting = g_slist_prepend (prepare.waiting, waiter);
    }
  g_mutex_unlock (&prepare.lock);
  if (done)
    gst_p2p_mailbox_invoke (mailbox, func, data, NULL);
}
