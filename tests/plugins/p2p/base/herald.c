/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Handlers on a thread of their own, for which the loop waits, unless it is in a hurry. */
#include "plugins/p2p/base/herald.h"

#include "tests/common/watchdog.h"

typedef struct
{
  GstP2pLoop *loop;
  GstP2pHerald *herald;
  GString *order;

  GMutex lock;
  GCond cond;
  /* lock */
  gboolean in_handler;
  gboolean may_return;
  guint n_freed;
} Stage;

static void
stage_init (Stage *stage)
{
  *stage = (Stage){ .loop = gst_p2p_loop_new ("test-loop", NULL), .order = g_string_new (NULL) };
  stage->herald = gst_p2p_herald_new ("test-herald", stage->loop);
  g_mutex_init (&stage->lock);
  g_cond_init (&stage->cond);
}

static void
stage_clear (Stage *stage)
{
  gst_p2p_loop_stop (stage->loop);
  gst_p2p_herald_settle (stage->herald);
  gst_p2p_herald_end (stage->herald);
  gst_p2p_herald_unref (stage->herald);
  gst_p2p_loop_unref (stage->loop);
  g_string_free (stage->order, TRUE);
  g_mutex_clear (&stage->lock);
  g_cond_clear (&stage->cond);
}

static void
on_freed (gpointer data)
{
  Stage *stage = data;

  g_mutex_lock (&stage->lock);
  stage->n_freed++;
  g_mutex_unlock (&stage->lock);
}

static void
tell (gpointer func, gpointer user_data)
{
  Stage *stage = user_data;

  gst_p2p_herald_tell (stage->herald, (GDestroyNotify)func, stage, on_freed);
  g_string_append_c (stage->order, '.');
}

static void
on_told (gpointer data)
{
  g_string_append_c (((Stage *)data)->order, 'a');
}

static void
answer (gpointer letter, gpointer user_data)
{
  g_string_append_c (((Stage *)user_data)->order, (gchar)GPOINTER_TO_INT (letter));
}

/* What it asks for leads to something else that is to be told. */
static void
answer_and_tell (gpointer data, gpointer user_data)
{
  answer (GINT_TO_POINTER ('<'), user_data);
  tell (on_told, user_data);
  answer (GINT_TO_POINTER ('>'), user_data);
}

static void
on_told_asks (gpointer data)
{
  Stage *stage = data;

  g_string_append_c (stage->order, 'b');
  g_assert_true (gst_p2p_herald_call (stage->herald, answer, GINT_TO_POINTER ('c'), stage));
  g_assert_true (gst_p2p_herald_call (stage->herald, answer_and_tell, NULL, stage));
  g_string_append_c (stage->order, 'd');
}

/* As if the loop's thread called the handlers. */
static void
test_order (void)
{
  Stage stage;

  stage_init (&stage);
  gst_p2p_loop_call (stage.loop, tell, on_told, &stage);
  gst_p2p_loop_call (stage.loop, tell, on_told_asks, &stage);
  g_assert_cmpstr (stage.order->str, ==, "a.bc<a.>d.");
  g_assert_cmpuint (stage.n_freed, ==, 3);
  stage_clear (&stage);
}

static void
on_told_waits (gpointer data)
{
  Stage *stage = data;

  g_mutex_lock (&stage->lock);
  stage->in_handler = TRUE;
  g_cond_broadcast (&stage->cond);
  while (!stage->may_return)
    g_cond_wait (&stage->cond, &stage->lock);
  g_mutex_unlock (&stage->lock);
  /* The loop iterates its context now, or has stopped. */
  gst_p2p_herald_call (stage->herald, answer, GINT_TO_POINTER ('c'), stage);
}

static void
wait_in_handler (Stage *stage)
{
  gst_p2p_loop_post (stage->loop, tell, on_told_waits, stage, NULL);
  g_mutex_lock (&stage->lock);
  while (!stage->in_handler)
    g_cond_wait (&stage->cond, &stage->lock);
  g_mutex_unlock (&stage->lock);
}

static void
let_return (Stage *stage)
{
  g_mutex_lock (&stage->lock);
  stage->may_return = TRUE;
  g_cond_broadcast (&stage->cond);
  g_mutex_unlock (&stage->lock);
}

static void
test_hurry (void)
{
  Stage stage;

  stage_init (&stage);
  wait_in_handler (&stage);
  gst_p2p_herald_set_hurry (stage.herald, TRUE);
  /* Returns, although the handler does not. */
  gst_p2p_loop_call (stage.loop, tell, on_told, &stage);
  g_assert_cmpstr (stage.order->str, ==, "..");
  let_return (&stage);
  gst_p2p_herald_settle (stage.herald);
  g_assert_cmpstr (stage.order->str, ==, "..ca");
  g_assert_cmpuint (stage.n_freed, ==, 2);
  stage_clear (&stage);
}

/* A handler that waits for the thread that ends the herald. */
static void
test_stuck (void)
{
  Stage stage;
  GstP2pHerald *herald;

  stage_init (&stage);
  herald = gst_p2p_herald_ref (stage.herald);
  wait_in_handler (&stage);
  gst_p2p_herald_set_hurry (herald, TRUE);
  gst_p2p_loop_call (stage.loop, tell, on_told, &stage);
  gst_p2p_loop_stop (stage.loop);
  gst_p2p_herald_settle (herald);
  g_assert_cmpuint (stage.n_freed, ==, 1); /* is not told any more */
  let_return (&stage);
  gst_p2p_herald_settle (herald);
  g_assert_cmpstr (stage.order->str, ==, "..");
  g_assert_cmpuint (stage.n_freed, ==, 2);
  gst_p2p_herald_end (herald);
  gst_p2p_herald_unref (herald);
  gst_p2p_herald_unref (stage.herald);
  gst_p2p_loop_unref (stage.loop);
  g_string_free (stage.order, TRUE);
  g_mutex_clear (&stage.lock);
  g_cond_clear (&stage.cond);
}

int
main (int argc, char **argv)
{
  test_watchdog_start (60);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/base/herald/order", test_order);
  g_test_add_func ("/base/herald/hurry", test_hurry);
  g_test_add_func ("/base/herald/stuck", test_stuck);
  return g_test_run ();
}
