/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * watchdog: ends a test that hangs, and shows where.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * test_slowdown:
 *
 * Returns: the factor by which time limits are to be stretched: 1, or more under a sanitizer or
 *   valgrind (environment GST_P2P_TEST_SLOWDOWN)
 */
guint test_slowdown (void);

/**
 * test_watchdog_start:
 * @seconds: from now on, before the slowdown; replaces what was set before; 0: no limit
 *
 * When the time is over, prints the stack of every thread to stderr and aborts. Any thread.
 */
void test_watchdog_start (guint seconds);

G_END_DECLS
