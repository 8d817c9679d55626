/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Tests of signaling/routing.c. Clients are opaque there, so any addresses do. */
#include "signaling/routing.h"

#include "tests/common/watchdog.h"

#define SESSION "00112233445566778899aabbccddeeff"

static gint alice, bob, mallory;

static const gchar *
bind_with (GstP2pSignalingRouting *routing, gpointer client, const gchar *id, const gchar *token,
           const gchar *resume, gpointer *replaced)
{
  g_autoptr (GstP2pSignalingMessage) bind = gst_p2p_signaling_message_new (GST_P2P_SIGNALING_BIND);

  bind->id = g_strdup (id);
  bind->token = g_strdup (token);
  bind->resume = g_strdup (resume);
  return gst_p2p_signaling_routing_bind (routing, client, bind, replaced);
}

static const gchar *
bind (GstP2pSignalingRouting *routing, gpointer client, const gchar *id)
{
  gpointer replaced;
  const gchar *code = bind_with (routing, client, id, NULL, NULL, &replaced);

  g_assert_null (replaced);
  return code;
}

static gpointer
route (GstP2pSignalingRouting *routing, gpointer client, const gchar *from, const gchar *to,
       const gchar *expected_code)
{
  g_autoptr (GstP2pSignalingMessage) bye
      = gst_p2p_signaling_message_new_bye (from, to, SESSION, "");
  const gchar *code;
  gpointer target = gst_p2p_signaling_routing_route (routing, client, bye, &code);

  g_assert_cmpstr (code, ==, expected_code);
  return target;
}

static void
test_bind (void)
{
  g_autoptr (GstP2pSignalingRouting) routing = gst_p2p_signaling_routing_new (NULL);

  g_assert_null (gst_p2p_signaling_routing_get_id (routing, &alice));
  g_assert_null (bind (routing, &alice, "a"));
  g_assert_cmpstr (gst_p2p_signaling_routing_get_id (routing, &alice), ==, "a");
  g_assert_cmpstr (bind (routing, &alice, "a2"), ==, "bad-message");
  g_assert_cmpstr (bind (routing, &bob, "a"), ==, "id-taken");
  g_assert_null (bind (routing, &bob, "b"));
  g_assert_cmpuint (gst_p2p_signaling_routing_get_size (routing), ==, 2);
  g_assert_cmpstr (gst_p2p_signaling_routing_get_resume (routing, &alice), !=,
                   gst_p2p_signaling_routing_get_resume (routing, &bob));
}

static void
test_remove (void)
{
  g_autoptr (GstP2pSignalingRouting) routing = gst_p2p_signaling_routing_new (NULL);

  gst_p2p_signaling_routing_remove (routing, &alice);
  g_assert_null (bind (routing, &alice, "a"));
  gst_p2p_signaling_routing_remove (routing, &alice);
  g_assert_null (gst_p2p_signaling_routing_get_id (routing, &alice));
  g_assert_null (bind (routing, &bob, "a"));
  gst_p2p_signaling_routing_remove (routing, &alice);
  g_assert_cmpstr (gst_p2p_signaling_routing_get_id (routing, &bob), ==, "a");
}

static void
test_token (void)
{
  g_autoptr (GstP2pSignalingRouting) routing = gst_p2p_signaling_routing_new ("token");
  gpointer replaced;

  g_assert_cmpstr (bind (routing, &alice, "a"), ==, "unauthorized");
  g_assert_cmpstr (bind_with (routing, &alice, "a", "token2", NULL, &replaced), ==, "unauthorized");
  g_assert_cmpstr (bind_with (routing, &alice, "a", "toke", NULL, &replaced), ==, "unauthorized");
  g_assert_cmpstr (bind_with (routing, &alice, "a", "", NULL, &replaced), ==, "unauthorized");
  g_assert_null (bind_with (routing, &alice, "a", "token", NULL, &replaced));
}

static void
test_resume (void)
{
  g_autoptr (GstP2pSignalingRouting) routing = gst_p2p_signaling_routing_new ("token");
  g_autofree gchar *resume = NULL;
  gpointer replaced;

  g_assert_null (bind_with (routing, &alice, "a", "token", NULL, &replaced));
  resume = g_strdup (gst_p2p_signaling_routing_get_resume (routing, &alice));
  g_assert_cmpstr (bind_with (routing, &mallory, "a", "token", "guess", &replaced), ==, "id-taken");
  g_assert_null (replaced);
  /* The secret is no token. */
  g_assert_cmpstr (bind_with (routing, &bob, "a", NULL, resume, &replaced), ==, "unauthorized");

  g_assert_null (bind_with (routing, &bob, "a", "token", resume, &replaced));
  g_assert_true (replaced == &alice);
  g_assert_null (gst_p2p_signaling_routing_get_id (routing, &alice));
  g_assert_cmpstr (gst_p2p_signaling_routing_get_id (routing, &bob), ==, "a");
  g_assert_cmpstr (gst_p2p_signaling_routing_get_resume (routing, &bob), ==, resume);
  g_assert_cmpuint (gst_p2p_signaling_routing_get_size (routing), ==, 1);

  /* The old connection's end, noticed later, takes nothing away. */
  gst_p2p_signaling_routing_remove (routing, &alice);
  g_assert_cmpstr (gst_p2p_signaling_routing_get_id (routing, &bob), ==, "a");
}

/* An id that was given up and bound again has a new secret. */
static void
test_resume_is_new (void)
{
  g_autoptr (GstP2pSignalingRouting) routing = gst_p2p_signaling_routing_new (NULL);
  g_autofree gchar *resume = NULL;
  gpointer replaced;

  g_assert_null (bind (routing, &alice, "a"));
  resume = g_strdup (gst_p2p_signaling_routing_get_resume (routing, &alice));
  gst_p2p_signaling_routing_remove (routing, &alice);
  g_assert_null (bind (routing, &bob, "a"));
  g_assert_cmpstr (bind_with (routing, &alice, "a", NULL, resume, &replaced), ==, "id-taken");
}

static void
test_route (void)
{
  g_autoptr (GstP2pSignalingRouting) routing = gst_p2p_signaling_routing_new (NULL);

  g_assert_null (route (routing, &alice, "a", "b", "not-bound"));
  g_assert_null (bind (routing, &alice, "a"));
  g_assert_null (route (routing, &alice, "a", "b", "not-found"));
  g_assert_null (bind (routing, &bob, "b"));
  g_assert_true (route (routing, &alice, "a", "b", NULL) == &bob);
  g_assert_true (route (routing, &bob, "b", "a", NULL) == &alice);
  g_assert_true (route (routing, &bob, "b", "b", NULL) == &bob);
  /* Whoever says to be somebody else is not heard. */
  g_assert_null (route (routing, &bob, "a", "b", "bad-message"));
  gst_p2p_signaling_routing_remove (routing, &bob);
  g_assert_null (route (routing, &alice, "a", "b", "not-found"));
  g_assert_null (route (routing, &bob, "b", "a", "not-bound"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  test_watchdog_start (30);
  g_test_add_func ("/routing/bind", test_bind);
  g_test_add_func ("/routing/remove", test_remove);
  g_test_add_func ("/routing/token", test_token);
  g_test_add_func ("/routing/resume", test_resume);
  g_test_add_func ("/routing/resume-is-new", test_resume_is_new);
  g_test_add_func ("/routing/route", test_route);
  return g_test_run ();
}
