/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Whose thread this is: marks nest, belong to one thread, and are found by what an element is in.
 */
#include "plugins/p2p/base/owner.h"

#include "tests/common/leaks.h"

static gpointer
ask_elsewhere (gpointer owner)
{
  return GINT_TO_POINTER (gst_p2p_owner_is_served (owner));
}

static void
test_marks (void)
{
  const gint one = 0, other = 0;
  GstP2pOwnerMark outer, inner;

  g_assert_false (gst_p2p_owner_is_served (&one));
  gst_p2p_owner_enter (&outer, &one);
  gst_p2p_owner_enter (&inner, &other);
  g_assert_true (gst_p2p_owner_is_served (&one));
  g_assert_true (gst_p2p_owner_is_served (&other));
  g_assert_false (g_thread_join (g_thread_new ("other", ask_elsewhere, (gpointer)&one)));
  gst_p2p_owner_leave (&inner);
  g_assert_false (gst_p2p_owner_is_served (&other));
  g_assert_true (gst_p2p_owner_is_served (&one));
  gst_p2p_owner_leave (&outer);
  g_assert_false (gst_p2p_owner_is_served (&one));
}

/* A thread that works for nobody is not asked after nobody. */
static void
test_nobody (void)
{
  const gint one = 0;
  GstP2pOwnerMark mark;

  gst_p2p_owner_enter (&mark, NULL);
  g_assert_false (gst_p2p_owner_is_served (&one));
  gst_p2p_owner_leave (&mark);
}

static void
test_find (void)
{
  g_autoptr (GstElement) pipeline = gst_object_ref_sink (gst_pipeline_new (NULL));
  GstElement *owner = gst_bin_new (NULL);
  GstElement *inside = gst_element_factory_make ("fakesink", NULL);
  g_autoptr (GstPad) pad = gst_element_get_static_pad (inside, "sink");

  gst_bin_add (GST_BIN (pipeline), owner);
  gst_bin_add (GST_BIN (owner), inside);
  g_assert_null (gst_p2p_owner_find (pad));
  gst_p2p_owner_declare (owner);
  g_assert_true (gst_p2p_owner_find (pad) == owner);
  g_assert_true (gst_p2p_owner_find (inside) == owner);
  g_assert_true (gst_p2p_owner_find (owner) == owner);
  g_assert_null (gst_p2p_owner_find (pipeline));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  test_gst_init (&argc, &argv);
  g_test_add_func ("/base/owner/marks", test_marks);
  g_test_add_func ("/base/owner/nobody", test_nobody);
  g_test_add_func ("/base/owner/find", test_find);
  return g_test_run ();
}
