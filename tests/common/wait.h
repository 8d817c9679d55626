/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * wait: tests wait for conditions, never for luck.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * test_wait_until:
 * @condition: (scope call): becomes true some day; called between iterations
 * @timeout_ms: at most this long, before the slowdown
 *
 * Iterates the calling thread's default main context until @condition is true.
 *
 * Returns: %FALSE if it did not become true in time
 */
gboolean test_wait_until (gboolean (*condition) (gpointer data), gpointer data, guint timeout_ms);

/* The same for an expression: TEST_WAIT_UNTIL (g_atomic_int_get (&done), 5000); fails the test. */
#define TEST_WAIT_UNTIL(expression, timeout_ms)                                                    \
  G_STMT_START                                                                                     \
  {                                                                                                \
    gint64 test_until_us = test_wait_deadline (timeout_ms);                                        \
    while (!(expression))                                                                          \
      if (!test_wait_step (test_until_us))                                                         \
        g_error ("%s:%d: waited %u ms in vain for: %s", __FILE__, __LINE__, (guint)(timeout_ms),   \
                 #expression);                                                                     \
  }                                                                                                \
  G_STMT_END

/* For TEST_WAIT_UNTIL: the monotonic time at which to give up, and one iteration until then. */
gint64 test_wait_deadline (guint timeout_ms);
gboolean test_wait_step (gint64 deadline_us);

G_END_DECLS
