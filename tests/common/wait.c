/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * wait: see wait.h.
 */
#include "tests/common/wait.h"

#include "tests/common/watchdog.h"

/* Conditions that other threads make true wake nobody: look again this often. */
#define LOOK_AGAIN_US 1000

gint64
test_wait_deadline (guint timeout_ms)
{
  return g_get_monotonic_time () + (gint64)timeout_ms * test_slowdown () * 1000;
}

gboolean
test_wait_step (gint64 deadline_us)
{
  GMainContext *context = g_main_context_get_thread_default ();

  if (g_get_monotonic_time () >= deadline_us)
    return FALSE;
  if (!g_main_context_iteration (context, FALSE))
    g_usleep (LOOK_AGAIN_US);
  return TRUE;
}

gboolean
test_wait_until (gboolean (*condition) (gpointer data), gpointer data, guint timeout_ms)
{
  gint64 deadline_us = test_wait_deadline (timeout_ms);

  while (!condition (data))
    if (!test_wait_step (deadline_us))
      return FALSE;
  return TRUE;
}
