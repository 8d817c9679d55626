/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Tests of plugins/p2p/transport/kinds.c: which transport stands behind which word. */
#include "plugins/p2p/transport/kinds.h"

#include "plugins/p2p/control/settings.h"
#include "tests/common/leaks.h"

static GType
get_kind (GstP2pTransportType type)
{
  g_autoptr (GstElement) transport = gst_object_ref_sink (gst_p2p_transport_new (type));

  return G_OBJECT_TYPE (transport);
}

static void
test_kinds (void)
{
  g_assert_true (get_kind (GST_P2P_TRANSPORT_AUTO) == get_kind (GST_P2P_TRANSPORT_DIRECT));
  g_assert_true (get_kind (GST_P2P_TRANSPORT_AUTO) != get_kind (GST_P2P_TRANSPORT_ELEMENTS));
}

static void
test_default (void)
{
  g_autoptr (GstP2pSettings) settings = gst_p2p_settings_new ();

  g_assert_cmpint (settings->transport, ==, GST_P2P_TRANSPORT_AUTO);
}

int
main (int argc, char **argv)
{
  test_gst_init_linked (&argc, &argv);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/kinds/kinds", test_kinds);
  g_test_add_func ("/kinds/default", test_default);
  return g_test_run ();
}
