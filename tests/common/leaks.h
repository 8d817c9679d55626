/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * leaks: GStreamer's leaks tracer around a piece of a test.
 */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

/**
 * test_gst_init:
 *
 * gst_init(), with the leaks tracer on, the plugins of the build tree and a registry of the test
 * suite's own when run by hand, and a watchdog of two minutes.
 */
void test_gst_init (int *argc, char ***argv);

/* The same for programs that have the elements themselves in them: the modules of the build tree
 * are not even looked at, since with them each type would be there twice. */
void test_gst_init_linked (int *argc, char ***argv);

/* Everything that is alive now is none of the test's business. */
void test_leaks_begin (void);

/**
 * test_leaks_end:
 *
 * Fails the test, naming them, if GStreamer objects (elements, pads, buffers, events, caps, …) made
 * since test_leaks_begin() are still alive. Waits a little for those that another thread is just
 * letting go of.
 */
void test_leaks_end (void);
/* The same, but waits only so long. */
void test_leaks_end_within (guint give_up_ms);

G_END_DECLS
